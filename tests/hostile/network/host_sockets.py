# attack: the host's own sockets: Docker, containerd and its shims, D-Bus, X, databases
# expect: AC
# exploit: CVE-2020-15257, containerd's abstract sockets
import socket

paths = ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/dbus/system_bus_socket",
         "/run/systemd/private", "/run/systemd/notify", "/tmp/.X11-unix/X0", "/var/run/postgresql/.s.PGSQL.5432",
         "/run/podman/podman.sock", "/dev/log", "/run/systemd/journal/socket"]
abstract = ["\0/tmp/.X11-unix/X0", "\0/org/kernel/linux/storage/multipathd", "\0/containerd-shim/default/x/shim.sock\0",
            "\0ISCSIADM_ABSTRACT_NAMESPACE", "\0/com/ubuntu/upstart"]
for name in paths + abstract:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            socket.socket(socket.AF_UNIX, kind).connect(name)
            print("BREACH connected to", repr(name))
        except OSError:
            pass
print("held")
