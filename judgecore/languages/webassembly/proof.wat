;; Reads n and n numbers; prints their sum and the sum of their squares.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $at (mut i32) (i32.const 1024))   ;; where the input is read
  (global $end (mut i32) (i32.const 60000)) ;; where the output begins, growing downwards

  (func $number (result i64)
    (local $c i32) (local $sign i64) (local $value i64)
    (local.set $sign (i64.const 1))
    (block $started
      (loop $skip
        (local.set $c (i32.load8_u (global.get $at)))
        (br_if $started (i32.gt_u (local.get $c) (i32.const 32)))
        (global.set $at (i32.add (global.get $at) (i32.const 1)))
        (br $skip)))
    (if (i32.eq (local.get $c) (i32.const 45))
      (then
        (local.set $sign (i64.const -1))
        (global.set $at (i32.add (global.get $at) (i32.const 1)))))
    (block $ended
      (loop $digit
        (local.set $c (i32.sub (i32.load8_u (global.get $at)) (i32.const 48)))
        (br_if $ended (i32.gt_u (local.get $c) (i32.const 9)))
        (local.set $value (i64.add (i64.mul (local.get $value) (i64.const 10)) (i64.extend_i32_u (local.get $c))))
        (global.set $at (i32.add (global.get $at) (i32.const 1)))
        (br $digit)))
    (i64.mul (local.get $sign) (local.get $value)))

  (func $put (param $c i32)
    (global.set $end (i32.sub (global.get $end) (i32.const 1)))
    (i32.store8 (global.get $end) (local.get $c)))

  (func $show (param $x i64)
    (local $negative i32)
    (local.set $negative (i64.lt_s (local.get $x) (i64.const 0)))
    (if (local.get $negative) (then (local.set $x (i64.sub (i64.const 0) (local.get $x)))))
    (loop $digit
      (call $put (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $x) (i64.const 10)))))
      (local.set $x (i64.div_u (local.get $x) (i64.const 10)))
      (br_if $digit (i64.ne (local.get $x) (i64.const 0))))
    (if (local.get $negative) (then (call $put (i32.const 45)))))

  (func (export "_start")
    (local $n i64) (local $x i64) (local $sum i64) (local $squares i64)
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.const 32768))
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (local.set $n (call $number))
    (block $done
      (loop $next
        (br_if $done (i64.eqz (local.get $n)))
        (local.set $x (call $number))
        (local.set $sum (i64.add (local.get $sum) (local.get $x)))
        (local.set $squares (i64.add (local.get $squares) (i64.mul (local.get $x) (local.get $x))))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (br $next)))
    (call $put (i32.const 10))
    (call $show (local.get $squares))
    (call $put (i32.const 32))
    (call $show (local.get $sum))
    (i32.store (i32.const 0) (global.get $end))
    (i32.store (i32.const 4) (i32.sub (i32.const 60000) (global.get $end)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
