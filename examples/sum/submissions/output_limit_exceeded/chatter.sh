while :; do echo "still talking, still talking, still talking, still talking"; done
