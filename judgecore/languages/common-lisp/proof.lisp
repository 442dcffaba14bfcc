(let* ((n (read))
       (xs (loop repeat n collect (read))))
  (format t "~a ~a~%" (reduce #'+ xs) (reduce #'+ (mapcar (lambda (x) (* x x)) xs))))
