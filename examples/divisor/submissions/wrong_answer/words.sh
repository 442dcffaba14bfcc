echo no idea
