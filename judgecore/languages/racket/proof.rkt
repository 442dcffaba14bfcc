#lang racket

(define n (read))
(define xs (for/list ([_ n]) (read)))
(printf "~a ~a\n" (apply + xs) (for/sum ([x xs]) (* x x)))
