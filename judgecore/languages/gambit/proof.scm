(define n (read))

(define (total k sum squares)
  (if (= k 0)
      (begin (display sum) (display " ") (display squares) (newline))
      (let ((x (read)))
        (total (- k 1) (+ sum x) (+ squares (* x x))))))

(total n 0 0)
