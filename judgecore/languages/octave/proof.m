n = scanf("%d", 1);
xs = scanf("%d", n);
printf("%d %d\n", sum(xs), sum(xs .^ 2));
