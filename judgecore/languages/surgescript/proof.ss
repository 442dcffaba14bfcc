object "Application"
{
    state "main"
    {
        n = Number(Console.readline());
        total = 0;
        squares = 0;
        for(i = 0; i < n; i++) {
            x = Number(Console.readline());
            total += x;
            squares += x * x;
        }
        Console.print(total + " " + squares);
        Application.exit();
    }
}
