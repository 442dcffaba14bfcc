const hoard = [];
for (;;) hoard.push(new Array(65536).fill(1));
