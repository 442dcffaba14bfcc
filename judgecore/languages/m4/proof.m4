define(`add', `define(`sum', eval(sum + $1))define(`squares', eval(squares + ($1) * ($1)))')dnl
define(`each', `ifelse(`$1', `0', `', `add(`$2')each(decr(`$1'), shift(shift($@)))')')dnl
define(`sum', `0')define(`squares', `0')dnl
define(`start', `each($@)')dnl
start(translit(include(`/dev/stdin'), `
 ', `,,'))dnl
sum squares
