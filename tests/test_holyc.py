"""The Holy C translator: small programs and what they print; wrong ones and what is said."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

HOLYC = Path(__file__).parent.parent / "images" / "holyc" / "holyc"

PROGRAMS = [
    ("string", '"hello\\n";', "hello\n"),
    ("format", '"%d %s %c\\n",-5,"five",\'A\';', "-5 five A\n"),
    ("several characters", "'AB\\n';\"%c\",'xyz';", "AB\nxyz"),
    ("strings join", '"a" "b" "c";', "abc"),
    ("unsigned and hex", '"%u %x %X %b",-1,255,255,5;', "18446744073709551615 ff FF 101"),
    ("widths", '"[%5d][%-5d][%05d][%*d]",42,42,-42,4,7;', "[   42][42   ][-0042][   7]"),
    ("commas", '"%,d %,d",1234567,-12;', "1,234,567 -12"),
    ("floats", '"%0.3f %.1f %g",1.0/3,2.25,0.5;', "0.333 2.2 0.5"),
    ("repeated", "\"%h5c|%h*c\",'-',3,'+';", "-----|+++"),
    ("list of strings", '"%z",1,"zero\\0one\\0";', "one"),
    ("format in a variable", 'U8 *f="<%d>";"" f,7;', "<7>"),
    ("call without parentheses", 'U0 Hi(){"hi";}Hi;Hi();', "hihi"),
    ("default argument", 'I64 F(I64 a,I64 b=10){return a+b;}"%d %d",F(1),F(1,2);', "11 3"),
    ("argument left out", 'I64 F(I64 a=5,I64 b){return a-b;}"%d",F(,3);', "2"),
    ("call as a value", 'I64 Seven(){return 7;}I64 x=Seven+1;"%d",x;', "8"),
    (
        "recursion",
        'I64 F(I64 n){if(n<2)return 1;return n*F(n-1);}"%d",F(20);',
        "2432902008176640000",
    ),
    (
        "variadic",
        'I64 S(...){I64 i,s=0;for(i=0;i<argc;i++)s+=argv[i];return s;}"%d",S(1,2,3);',
        "6",
    ),
    ("function pointer", 'I64 D(I64 a){return 2*a;}I64 (*f)(I64 a)=&D;"%d",(*f)(21);', "42"),
    ("prototype", 'extern I64 G(I64 a);I64 F(){return G(1);}I64 G(I64 a){return a+1;}"%d",F;', "2"),
    ("switch", 'I64 i;for(i=0;i<4;i++)switch(i){case 1:"one";break;default:"-";}', "-one--"),
    ("ranges", 'I64 i;for(i=0;i<9;i++)switch(i){case 2...4:"a";break;case 7:"b";}', "aaab"),
    (
        "numbered cases",
        'I64 i;for(i=0;i<5;i++)switch(i){case:"0";break;case 3:"3";break;case:"4";}',
        "034",
    ),
    (
        "start and end",
        'I64 i;for(i=0;i<5;i++)switch(i){case 0:"z";break;'
        'start:"[";case 1:"1";break;case 2:"2";break;end:"]";break;default:"d";}',
        "z[1][2]dd",
    ),
    ("fall through", 'switch(1){case 1:"a";case 2:"b";break;case 3:"c";}', "ab"),
    (
        "break in a loop in a switch",
        'switch(1){case 1:while(1){break;}"x";break;default:"y";}',
        "x",
    ),
    ("unchecked switch", 'switch[2]{case 2:"two";}', "two"),
    ("while and do", 'I64 i=3;while(i)"%d",i--;do "d";while(i++<1);', "321dd"),
    ("goto", 'I64 i=0;again:i++;if(i<3)goto again;"%d",i;', "3"),
    ("precedence", '"%d %d %d",2+3&1,1<<3+1,10-6|1;', "3 9 3"),
    ("power", '"%0.1f",2`10;', "1024.0"),
    ("chained comparison", 'I64 x=5;"%d%d",1<x<10,1<x<3;', "10"),
    ("logical xor", '"%d%d",1^^1,1^^0;', "01"),
    ("small integers widen", 'I32 a=2000000000;U8 b=200;"%d %d",a*4,b+100;', "8000000000 300"),
    ("small integers wrap", 'U8 a=255;a++;I8 b=127;b++;"%d %d",a,b;', "0 -128"),
    ("integer division", '"%d %d %d",7/2,-7/2,-7%3;', "3 -3 -1"),
    ("float division", 'F64 x=7;"%0.2f",x/2;', "3.50"),
    ("conversion and cast", 'F64 x=3.9;"%d %X",ToI64(x),1.0(I64);', "3 3FF0000000000000"),
    (
        "class",
        "class P{I64 x;U8 c;};P p;p.x=4;P *q=&p;q->c='k';\"%d%c%d\",q->x,p.c,sizeof(P);",
        "4k9",
    ),
    (
        "inheritance",
        'class A{I64 x;};class B:A{I64 y;};B b;b.x=1;b.y=2;"%d%d%d",b.x,b.y,offset(B.y);',
        "128",
    ),
    ("union", 'union U{U64 n;U8 b[8];};U u;u.n=0x4142;"%c%c",u.b[1],u.b[0];', "AB"),
    (
        "linked list",
        "class N{I64 v;N *next;};N *h=NULL,*n;I64 i;for(i=0;i<3;i++){n=MAlloc(sizeof(N));"
        'n->v=i;n->next=h;h=n;}for(n=h;n;n=n->next)"%d",n->v;',
        "210",
    ),
    ("arrays", 'I64 a[3][2]={{1,2},{3,4},{5,6}},*p=a[1];"%d%d%d",a[2][1],p[0],*(p+1);', "634"),
    ("names C reserves", 'I64 int=1,double=2,main=3;"%d",int+double+main;', "6"),
    ("define", '#define N 3\n#define M N*2\n#ifdef N\n"%d",M;\n#else\n"no";\n#endif\n', "6"),
    ("comments", '/* a\nb */ "x"; // "y";\n', "x"),
    (
        "strings",
        'U8 *s=StrNew("abc");s[1]=\'X\';"%s%d%d%s",s,StrLen(s),StrCmp("a","b"),StrFind("c",s);',
        "aXc3-1c",
    ),
    (
        "text built",
        'U8 b[64];StrPrint(b,"%d-",1);CatPrint(b,"%s","z");"%s%s",b,MStrPrint("%d",9);',
        "1-z9",
    ),
    ("mathematics", '"%0.0f %0.2f %d %d",Sqrt(16),Abs(-1.5),AbsI64(-3),MaxI64(2,9);', "4 1.50 3 9"),
    (
        "sorting",
        'I64 C(I64 a,I64 b){return a-b;}I64 a[3]={3,1,2};QSortI64(a,3,&C);"%d%d%d",a[0],a[1],a[2];',
        "123",
    ),
    ("numbers read", '"%d",GetI64+GetI64;', "42"),
    ("lines read", 'U8 *s;while(s=GetStr){"<%s>",s;Free(s);}', "<20 22><last>"),
    ("characters read", 'I64 c,n=0;while(c=CharGet)n++;"%d",n;', "10"),
    ("bits", 'U8 m[2]={0,0};Bts(m,9);"%d%d%d",Bt(m,9),m[1],BCnt(7);', "123"),
]

WRONG = [
    ("unknown name", "I64 a;\n\nb=1;", 3, "'b' is not declared"),
    ("missing semicolon", "I64 a\nI64 b;", 2, "expected ','"),
    ("missing brace", "U0 F() {\n\"x\";\n", 3, "line 1 is not closed"),
    ("open string", '"ok";\n"abc;\n', 2, "not closed"),
    ("missing argument", "I64 F(I64 a){return a;}\nF;", 2, "needs a value for 'a'"),
    ("too many arguments", "I64 F(){return 1;}\nF(1);", 2, "at most 0"),
    ("no such member", "class P{I64 x;};P p;\np.y=1;", 2, "no member 'y'"),
    ("value of a U0", "U0 F(){}\nI64 x=F;", 2, "gives no value"),
    ("prefix cast", "I64 a=0;\na=(I64)a;", 2, "stands after its value"),
    ("ternary", "I64 a=1;\na=a?1:2;", 2, "no ?:"),
    ("continue", "while(1)\ncontinue;", 2, "use goto"),
    ("exceptions", "\ntry{}", 2, "exceptions"),
    ("assembly", "asm{}", 1, "assembly"),
    ("exe", "#exe{}", 1, "#exe is not supported"),
    ("include", '\n#include "/etc/passwd"', 2, "#include is not supported"),
    ("break outside", "break;", 1, "outside a loop"),
    ("return a value from U0", "U0 F(){\nreturn 1;}", 2, "returns no value"),
    ("assign to a number", "\n1=2;", 2, "nothing to assign to"),
    ("declared twice", "I64 a;\nI64 a;", 2, "declared twice"),
    ("case twice", "switch(1){case 1:;\ncase 1:;}", 2, "duplicate"),
    ("case outside", "case 1:;", 1, "belongs into a switch"),
    ("end without start", "switch(1){\nend:;}", 2, "without start"),
    ("undefined label", "U0 F(){\ngoto nowhere;}", 2, "nowhere"),
    ("class as a number", "class P{I64 x;};P p;\nI64 a=p;", 2, "do not mix"),
    ("bits of a float", "F64 x=1;\nx=x&1;", 2, "wants integers"),
    ("number too large", "\n18446744073709551616;", 2, "64 bits"),
    ("stray character", "\n\n§", 3, "stray"),
    ("ifdef left open", "#ifdef X\n", 2, "without #endif"),
    ("nested too deeply", "(" * 5000, None, "deeply"),
]  # fmt: skip

# Each is a run of gcc, too slow for `make check`.
pytestmark = [
    pytest.mark.local,
    pytest.mark.skipif(shutil.which("gcc") is None, reason="the translator ends in gcc"),
]


def holyc(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    """Compile main.HC in `folder`, as the language's compile line does."""
    (folder / "main.HC").write_text(source)
    command = [str(HOLYC), "main.HC", "-o", "main"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("source", "printed"), [p[1:] for p in PROGRAMS], ids=[p[0] for p in PROGRAMS]
)
def test_program(tmp_path: Path, source: str, printed: str) -> None:
    """Each program prints what Holy C would."""
    compiled = holyc(tmp_path, source)
    assert (0, "") == (compiled.returncode, compiled.stderr)
    ran = subprocess.run(
        ["./main"], cwd=tmp_path, capture_output=True, text=True, input="20 22\nlast", check=False
    )

    assert (printed, 0) == (ran.stdout, ran.returncode)


@pytest.mark.parametrize(
    ("source", "line", "said"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG]
)
def test_wrong_program(tmp_path: Path, source: str, line: int | None, said: str) -> None:
    """A wrong program is refused with the line that is wrong, and no trace of ours."""
    compiled = holyc(tmp_path, source)

    assert compiled.returncode == 1
    assert said in compiled.stderr
    assert line is None or compiled.stderr.startswith(f"main.HC:{line}: error: ")
    assert "Traceback" not in compiled.stderr


def test_the_page_names_every_function() -> None:
    """docs/holyc.md names every function that a program finds ready."""
    page = (HOLYC.parent.parent.parent / "docs" / "holyc.md").read_text()
    prelude = (HOLYC.parent / "prelude.HC").read_text()
    names = re.findall(r"^\w+ \*?(\w+)\(", prelude, re.MULTILINE)

    assert len(names) > 80
    assert [name for name in names if f"`{name}`" not in page] == []
