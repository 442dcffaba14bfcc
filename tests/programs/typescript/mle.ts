const hoard: number[][] = [];
for (;;) hoard.push(new Array<number>(1 << 16).fill(hoard.length + 0.5));
