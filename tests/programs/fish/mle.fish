set hoard xxxxxxxx
while true
    set hoard $hoard$hoard
end
