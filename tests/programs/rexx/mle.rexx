hoard = 'x'
do forever; hoard = hoard || hoard; end
