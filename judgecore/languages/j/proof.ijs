read =: 3 : '". ''_'' (I. ''-'' = y) } y =. (1!:1) 1'
n =: read ''
xs =: n {. read ''
echo (+/ xs) , +/ *: xs
