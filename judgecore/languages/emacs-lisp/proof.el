(let* ((n (string-to-number (read-string "")))
       (xs (take n (mapcar #'string-to-number (split-string (read-string ""))))))
  (princ (format "%d %d\n" (apply #'+ xs) (apply #'+ (mapcar (lambda (x) (* x x)) xs)))))
