import sys

source = open(sys.argv[1])
target = open(sys.argv[2], "w")


def less(x):
    print("less", x, file=target, flush=True)
    return bool(int(source.readline()))


if __name__ == "__main__":
    sys.modules["stub"] = sys.modules["__main__"]
    import hidden

    print("answer", hidden.find(), file=target, flush=True)
