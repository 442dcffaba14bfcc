#lang racket
(let spin () (spin))
