int main() { return "text" 
