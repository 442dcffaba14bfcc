class Program { static int Main() { return "text"; } }
