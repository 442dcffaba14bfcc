let () = 1 + "text"
