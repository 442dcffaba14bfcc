#!/usr/bin/sbcl --script
(format t "~a~%" (+ (read) (read)))
