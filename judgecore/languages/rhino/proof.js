importPackage(java.util);

var input = new Scanner(java.lang.System["in"]);
var n = input.nextInt(), sum = 0, squares = 0;
for (var i = 0; i < n; i++) {
  var x = input.nextInt();
  sum += x;
  squares += x * x;
}
print(sum + " " + squares);
