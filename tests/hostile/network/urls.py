# attack: fetches pages, names, and the cloud's metadata
# expect: AC
# limits: cpu_ms=4000 wall_ms=8000
import socket
import urllib.request

for url in ("http://169.254.169.254/latest/meta-data/", "http://172.17.0.1:2375/info", "http://127.0.0.1/",
            "http://example.com/", "http://[::1]/", "http://host.docker.internal/", "ftp://127.0.0.1/"):
    try:
        urllib.request.urlopen(url, timeout=1)
        print("BREACH fetched", url)
    except OSError:
        pass
try:
    print("BREACH resolved", socket.getaddrinfo("example.com", 80))
except OSError:
    pass
print("held")
