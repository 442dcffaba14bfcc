# attack: directories without any permission, which only root can empty
# expect: AC
# tests: 2
mkdir -p /tmp/a/b/c /dev/shm/x/y
touch /tmp/a/b/c/file /dev/shm/x/y/file
chmod 000 /tmp/a/b/c /tmp/a/b /tmp/a /dev/shm/x/y /dev/shm/x
echo held
