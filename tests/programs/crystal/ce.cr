x : Int32 = "text"
