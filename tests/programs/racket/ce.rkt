#lang racket
(display
