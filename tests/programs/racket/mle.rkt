#lang racket
(let hoard ([xs '()]) (hoard (cons (make-vector 131072 1) xs)))
