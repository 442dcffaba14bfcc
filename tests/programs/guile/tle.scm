(let spin () (spin))
