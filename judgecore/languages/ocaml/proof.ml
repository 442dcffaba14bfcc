let () =
  let n = Scanf.scanf " %d" Fun.id in
  let xs = List.init n (fun _ -> Scanf.scanf " %d" Fun.id) in
  let total f = List.fold_left (fun a x -> a + f x) 0 xs in
  Printf.printf "%d %d\n" (total Fun.id) (total (fun x -> x * x))
