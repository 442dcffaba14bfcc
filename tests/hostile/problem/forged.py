# attack: writes the files in which a checker answers, to be accepted with a wrong output
# expect: WA
# needs: container namespaces
# problem: checker interactive multi-pass writable
import os
import tarfile

input()
for folder in (".", "/tmp", "/dev/shm", "/box"):
    try:
        os.makedirs(f"{folder}/feedback", exist_ok=True)
        for name in ("score.txt", "score_multiplier.txt", "nextpass.in", "teammessage.txt", "first"):
            open(f"{folder}/feedback/{name}", "w").write("1")
        for name in ("test.in", "test.ans", "test.out", "interaction.out"):
            open(f"{folder}/{name}", "w").write("wrong\n")
        for name in ("state.tar", "next-state.tar"):
            with tarfile.open(f"{folder}/{name}", "w") as packed:
                packed.add(f"{folder}/feedback")
    except OSError:
        pass
print("wrong", flush=True)
