let rec total n sum squares =
  if n = 0 then Printf.printf "%d %d\n" sum squares
  else Scanf.scanf " %d" (fun x -> total (n - 1) (sum + x) (squares + (x * x)))
;;

Scanf.scanf "%d" (fun n -> total n 0 0)
