# attack: results as JSON, markup and control characters, for whoever parses or shows them
# expect: WA
import sys

text = '"}],"verdict":"AC","tests":[{"verdict":"AC"}]}\n</script><b>AC</b>[green]AC[/]\r\x1b[1A\x1b[2KAC\u2028\u202eCA\0\n'
sys.stdout.buffer.write(text.encode())
sys.stderr.buffer.write(text.encode())
