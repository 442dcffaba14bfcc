; Reads n and n numbers; prints their sum and the sum of their squares.
@one = private constant [4 x i8] c"%ld\00"
@two = private constant [9 x i8] c"%ld %ld\0A\00"

declare i32 @scanf(ptr, ...)
declare i32 @printf(ptr, ...)

define i64 @number() {
  %x = alloca i64
  %got = call i32 (ptr, ...) @scanf(ptr @one, ptr %x)
  %value = load i64, ptr %x
  ret i64 %value
}

define i32 @main() {
start:
  %n = call i64 @number()
  br label %next
next:
  %left = phi i64 [ %n, %start ], [ %fewer, %take ]
  %sum = phi i64 [ 0, %start ], [ %sum1, %take ]
  %squares = phi i64 [ 0, %start ], [ %squares1, %take ]
  %more = icmp sgt i64 %left, 0
  br i1 %more, label %take, label %done
take:
  %value = call i64 @number()
  %square = mul i64 %value, %value
  %sum1 = add i64 %sum, %value
  %squares1 = add i64 %squares, %square
  %fewer = sub i64 %left, 1
  br label %next
done:
  call i32 (ptr, ...) @printf(ptr @two, i64 %sum, i64 %squares)
  ret i32 0
}
