/* What Holy C programs find ready: the functions that prelude.HC declares. */
#include <ctype.h>
#include <malloc.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef int8_t I8;
typedef int16_t I16;
typedef int32_t I32;
typedef long long I64;
typedef uint8_t U8;
typedef uint16_t U16;
typedef uint32_t U32;
typedef unsigned long long U64;
typedef double F64;
typedef I8 Bool;
#define S (char *)

static inline I64 hc_bits(F64 x) { union { F64 f; I64 i; } u = {.f = x}; return u.i; }
static inline F64 hc_float(I64 x) { union { I64 i; F64 f; } u = {.i = x}; return u.f; }

/* ------------------------------------------------------------------ formatted text */

struct hc_text { char *data; size_t used, room; };

static void hc_put(struct hc_text *t, const char *from, size_t n) {
    if (t->used + n + 1 > t->room) {
        t->room = 2 * (t->used + n + 64);
        t->data = realloc(t->data, t->room);
        if (!t->data) abort();
    }
    memcpy(t->data + t->used, from, n);
    t->used += n;
    t->data[t->used] = 0;
}

static void hc_pad(struct hc_text *t, I64 n, char with) { while (n-- > 0) hc_put(t, &with, 1); }

static void hc_field(struct hc_text *t, const char *text, size_t n, I64 width, int left, char pad) {
    I64 rest = width - (I64)n;
    size_t sign = pad == '0' && n && (*text == '-' || *text == '+');
    if (!left && pad == '0') hc_put(t, text, sign), hc_pad(t, rest, pad), hc_put(t, text + sign, n - sign);
    else {
        if (!left) hc_pad(t, rest, ' ');
        hc_put(t, text, n);
        if (left) hc_pad(t, rest, ' ');
    }
}

static void hc_commas(char *text, int every) { /* 1234567 becomes 1,234,567 */
    size_t start = *text == '-', n = strcspn(text + start, ".");
    for (size_t at = n; at > (size_t)every; ) {
        at -= (size_t)every;
        memmove(text + start + at + 1, text + start + at, strlen(text + start + at) + 1);
        text[start + at] = ',';
    }
}

static size_t hc_number(char *out, char letter, I64 value, int precision, int comma) {
    char digits[72];
    if (letter == 'd') sprintf(out, "%lld", value);
    else if (letter == 'u') sprintf(out, "%llu", (U64)value);
    else if (letter == 'x') sprintf(out, "%llx", (U64)value);
    else if (letter == 'X' || letter == 'p') sprintf(out, letter == 'p' ? "%016llX" : "%llX", (U64)value);
    else if (letter == 'b' || letter == 'B') {
        int n = 0;
        U64 v = (U64)value;
        do digits[n++] = (char)('0' + (v & 1)); while (v >>= 1);
        for (int i = 0; i < n; i++) out[i] = digits[n - 1 - i];
        out[n] = 0;
    } else { /* f e g n: a double's bits */
        char format[8] = {'%', '.', '*', letter == 'n' ? 'e' : letter, 0};
        snprintf(out, 400, format, precision < 0 ? 6 : precision, hc_float(value));
    }
    if (comma) hc_commas(out, letter == 'd' || letter == 'u' || letter == 'f' ? 3 : 4);
    return strlen(out);
}

static void hc_format(struct hc_text *t, const U8 *format, I64 argc, const I64 *argv) {
    I64 next = 0;
#define NEXT (next < argc ? argv[next++] : (fflush(stdout), fputs("Print: too few arguments\n", stderr), exit(1), 0))
    for (const char *f = S format; *f; f++) {
        if (*f != '%') {
            size_t n = strcspn(f, "%");
            hc_put(t, f, n);
            f += n - 1;
            continue;
        }
        int left = 0, comma = 0, plus = 0;
        char pad = ' ', out[512];
        I64 width = 0, precision = -1, repeat = 1;
        for (f++;; f++)
            if (*f == '-') left = 1;
            else if (*f == '0') pad = '0';
            else if (*f == ',') comma = 1;
            else if (*f == '+') plus = 1;
            else break;
        if (*f == '*') width = NEXT, f++;
        else while (isdigit((unsigned char)*f)) width = 10 * width + *f++ - '0';
        if (*f == '.') {
            precision = 0;
            if (*++f == '*') precision = NEXT, f++;
            else while (isdigit((unsigned char)*f)) precision = 10 * precision + *f++ - '0';
        }
        if (*f == ',') comma = 1, f++;
        if (*f == 'h') { /* how often: %h25c, %h*c */
            repeat = 0;
            if (*++f == '*') repeat = NEXT, f++;
            else while (isdigit((unsigned char)*f)) repeat = 10 * repeat + *f++ - '0';
        }
        if (precision > 80) precision = 80;
        switch (*f) {
        case '%': hc_put(t, "%", 1); break;
        case 'c': case 'C': {
            U64 chars = (U64)NEXT;
            size_t n = 0;
            for (; chars; chars >>= 8) out[n++] = (char)(*f == 'C' ? toupper((int)(chars & 255)) : (int)(chars & 255));
            while (repeat-- > 0) hc_field(t, out, n, width, left, ' ');
            break;
        }
        case 's': {
            const char *s = (const char *)NEXT;
            if (!s) s = "";
            while (repeat-- > 0) hc_field(t, s, precision >= 0 ? strnlen(s, (size_t)precision) : strlen(s), width, left, ' ');
            break;
        }
        case 'z': { /* the n-th of strings that follow one another */
            I64 n = NEXT;
            const char *s = (const char *)NEXT;
            while (n-- > 0 && *s) s += strlen(s) + 1;
            hc_field(t, s, strlen(s), width, left, ' ');
            break;
        }
        case 'd': case 'u': case 'x': case 'X': case 'b': case 'B': case 'p':
        case 'f': case 'e': case 'g': case 'n': {
            I64 value = NEXT;
            size_t n = hc_number(out + 1, *f, value, (int)precision, comma);
            int sign = plus && out[1] != '-';
            out[0] = '+';
            hc_field(t, out + !sign, n + (size_t)sign, width, left, pad);
            break;
        }
        default:
            fflush(stdout);
            fprintf(stderr, "Print: no such format: %%%c\n", *f ? *f : '?');
            exit(1);
        }
    }
#undef NEXT
}

static void HC_Print(const U8 *format, I64 argc, const I64 *argv) {
    static struct hc_text t;
    t.used = 0;
    hc_put(&t, "", 0);
    hc_format(&t, format, argc, argv);
    fwrite(t.data, 1, t.used, stdout);
}
static void HC_PutChars(U64 chars) { for (; chars; chars >>= 8) putchar((int)(chars & 255)); }
static void HC_PutS(const U8 *s) { fputs(S s, stdout); }
static U8 *HC_MStrPrint(const U8 *format, I64 argc, const I64 *argv) {
    struct hc_text t = {0};
    hc_put(&t, "", 0);
    hc_format(&t, format, argc, argv);
    return (U8 *)t.data;
}
static U8 *HC_StrPrint(U8 *to, const U8 *format, I64 argc, const I64 *argv) {
    U8 *made = HC_MStrPrint(format, argc, argv);
    strcpy(S to, S made);
    free(made);
    return to;
}
static U8 *HC_CatPrint(U8 *to, const U8 *format, I64 argc, const I64 *argv) {
    HC_StrPrint(to + strlen(S to), format, argc, argv);
    return to;
}

/* ------------------------------------------------------------------ input */

static I64 HC_GetChar(void) { fflush(stdout); int c = getchar(); return c == EOF ? 0 : c; }
static I64 HC_CharGet(void) { return HC_GetChar(); }
static U8 *HC_GetStr(const U8 *message) { /* a line without its end; NULL when there is none */
    char *line = NULL;
    size_t room = 0;
    if (message) fputs(S message, stdout);
    fflush(stdout);
    ssize_t n = getline(&line, &room, stdin);
    if (n < 0) return free(line), NULL;
    while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r')) line[--n] = 0;
    return (U8 *)line;
}
static int hc_word(char *word, size_t room) { /* the next word of the input, whatever its line */
    int c;
    size_t n = 0;
    while ((c = getchar()) != EOF && isspace(c)) {}
    for (; c != EOF && !isspace(c); c = getchar()) if (n + 1 < room) word[n++] = (char)c;
    word[n] = 0;
    if (c == '\r') c = getchar();
    if (c != EOF && c != '\n') ungetc(c, stdin);
    return n > 0;
}
static I64 hc_integer(const char *word, int radix, char **end) {
    const char *digits = word + strspn(word, " \t\n");
    int minus = *digits == '-';
    if (minus || *digits == '+') digits++;
    if (digits[0] == '0' && (digits[1] | 32) == 'x') radix = 16;
    if (digits[0] == '0' && (digits[1] | 32) == 'b' && radix != 16) radix = 2, digits += 2;
    I64 value = (I64)strtoull(digits, end, radix);
    return minus ? -value : value;
}
static I64 HC_GetI64(const U8 *message, I64 otherwise) {
    char word[128];
    if (message) fputs(S message, stdout);
    fflush(stdout);
    return hc_word(word, sizeof word) ? hc_integer(word, 10, NULL) : otherwise;
}
static F64 HC_GetF64(const U8 *message, F64 otherwise) {
    char word[512];
    if (message) fputs(S message, stdout);
    fflush(stdout);
    return hc_word(word, sizeof word) ? strtod(word, NULL) : otherwise;
}

/* ------------------------------------------------------------------ memory and strings */

static void *hc_need(void *p) {
    if (!p) fflush(stdout), fputs("out of memory\n", stderr), exit(1);
    return p;
}
static U8 *HC_MAlloc(I64 n) { return hc_need(malloc(n > 0 ? (size_t)n : 1)); }
static U8 *HC_CAlloc(I64 n) { return hc_need(calloc(n > 0 ? (size_t)n : 1, 1)); }
static U8 *HC_ReAlloc(U8 *p, I64 n) { return hc_need(realloc(p, n > 0 ? (size_t)n : 1)); }
static void HC_Free(U8 *p) { free(p); }
static I64 HC_MSize(U8 *p) { return (I64)malloc_usable_size(p); }
static U8 *HC_MemCpy(U8 *to, U8 *from, I64 n) { return memmove(to, from, (size_t)n); }
static U8 *HC_MemMove(U8 *to, U8 *from, I64 n) { return memmove(to, from, (size_t)n); }
static U8 *HC_MemSet(U8 *to, I64 value, I64 n) { return memset(to, (int)value, (size_t)n); }
static I64 *HC_MemSetI64(I64 *to, I64 value, I64 n) { for (I64 i = 0; i < n; i++) to[i] = value; return to; }
static I64 hc_sign(int x) { return (x > 0) - (x < 0); }
static I64 HC_MemCmp(U8 *a, U8 *b, I64 n) { return hc_sign(memcmp(a, b, (size_t)n)); }
static U8 *HC_StrNew(U8 *s) { return hc_need(strdup(s ? S s : "")); }
static U8 *HC_StrCpy(U8 *to, U8 *from) { return (U8 *)strcpy(S to, from ? S from : ""); }
static U8 *HC_StrCat(U8 *to, U8 *from) { return (U8 *)strcat(S to, S from); }
static I64 HC_StrLen(U8 *s) { return (I64)strlen(S s); }
static I64 HC_StrCmp(U8 *a, U8 *b) { return hc_sign(strcmp(S a, S b)); }
static I64 HC_StrNCmp(U8 *a, U8 *b, I64 n) { return hc_sign(strncmp(S a, S b, (size_t)n)); }
static I64 HC_StrICmp(U8 *a, U8 *b) {
    while (*a && tolower(*a) == tolower(*b)) a++, b++;
    return hc_sign(tolower(*a) - tolower(*b));
}
static U8 *HC_StrFind(U8 *needle, U8 *haystack, I64 flags) { return (U8 *)strstr(S haystack, S needle); }
static U8 *HC_StrFirstOcc(U8 *s, U8 *marker) { return (U8 *)strpbrk(S s, S marker); }
static U8 *HC_StrLastOcc(U8 *s, U8 *marker) {
    U8 *found = NULL;
    for (; *s; s++) if (strchr(S marker, *s)) found = s;
    return found;
}
static U8 *HC_StrRev(U8 *s) {
    for (size_t i = 0, n = strlen(S s); i < n / 2; i++) { U8 c = s[i]; s[i] = s[n - 1 - i]; s[n - 1 - i] = c; }
    return s;
}
static I64 HC_Str2I64(U8 *s, I64 radix, U8 **end) { return hc_integer(S s, (int)radix, (char **)end); }
static F64 HC_Str2F64(U8 *s, U8 **end) { return strtod(S s, (char **)end); }
static I64 HC_ToUpper(I64 c) { return toupper((int)(c & 255)); }
static I64 HC_ToLower(I64 c) { return tolower((int)(c & 255)); }

/* ------------------------------------------------------------------ numbers */

static F64 HC_Abs(F64 x) { return fabs(x); }
static F64 HC_Sqrt(F64 x) { return sqrt(x); }
static F64 HC_Sqr(F64 x) { return x * x; }
static F64 HC_Sin(F64 x) { return sin(x); }
static F64 HC_Cos(F64 x) { return cos(x); }
static F64 HC_Tan(F64 x) { return tan(x); }
static F64 HC_ASin(F64 x) { return asin(x); }
static F64 HC_ACos(F64 x) { return acos(x); }
static F64 HC_ATan(F64 x) { return atan(x); }
static F64 HC_Arg(F64 x, F64 y) { return atan2(y, x); }
static F64 HC_Exp(F64 x) { return exp(x); }
static F64 HC_Ln(F64 x) { return log(x); }
static F64 HC_Log2(F64 x) { return log2(x); }
static F64 HC_Log10(F64 x) { return log10(x); }
static F64 HC_Pow(F64 x, F64 y) { return pow(x, y); }
static F64 HC_Floor(F64 x) { return floor(x); }
static F64 HC_Ceil(F64 x) { return ceil(x); }
static F64 HC_Round(F64 x) { return round(x); }
static F64 HC_Trunc(F64 x) { return trunc(x); }
static F64 HC_Min(F64 a, F64 b) { return a < b ? a : b; }
static F64 HC_Max(F64 a, F64 b) { return a > b ? a : b; }
static F64 HC_Clamp(F64 x, F64 low, F64 high) { return x < low ? low : x > high ? high : x; }
static I64 HC_ToI64(F64 x) { return (I64)x; }
static F64 HC_ToF64(F64 x) { return x; }
static Bool HC_ToBool(I64 x) { return x != 0; }
static I64 HC_AbsI64(I64 x) { return x < 0 ? -x : x; }
static I64 HC_SignI64(I64 x) { return (x > 0) - (x < 0); }
static I64 HC_MinI64(I64 a, I64 b) { return a < b ? a : b; }
static I64 HC_MaxI64(I64 a, I64 b) { return a > b ? a : b; }
static U64 HC_MinU64(U64 a, U64 b) { return a < b ? a : b; }
static U64 HC_MaxU64(U64 a, U64 b) { return a > b ? a : b; }
static I64 HC_ClampI64(I64 x, I64 low, I64 high) { return x < low ? low : x > high ? high : x; }
static I64 HC_SqrI64(I64 x) { return x * x; }
static I64 HC_ModU64(U64 *q, U64 d) { U64 r = *q % d; *q /= d; return (I64)r; }
static void HC_SwapI64(I64 *a, I64 *b) { I64 c = *a; *a = *b; *b = c; }
static I64 HC_Bsf(I64 x) { return x ? __builtin_ctzll((U64)x) : -1; }
static I64 HC_Bsr(I64 x) { return x ? 63 - __builtin_clzll((U64)x) : -1; }
static I64 HC_BCnt(I64 x) { return __builtin_popcountll((U64)x); }
static Bool HC_Bt(U8 *bits, I64 n) { return bits[n >> 3] >> (n & 7) & 1; }
static Bool HC_Bts(U8 *bits, I64 n) { Bool was = HC_Bt(bits, n); bits[n >> 3] |= (U8)(1 << (n & 7)); return was; }
static Bool HC_Btr(U8 *bits, I64 n) { Bool was = HC_Bt(bits, n); bits[n >> 3] &= (U8)~(1 << (n & 7)); return was; }
static Bool HC_Btc(U8 *bits, I64 n) { Bool was = HC_Bt(bits, n); bits[n >> 3] ^= (U8)(1 << (n & 7)); return was; }

static U64 hc_seed = 0x9E3779B97F4A7C15u;
static void HC_Seed(I64 seed) { hc_seed = seed ? (U64)seed : (U64)time(NULL) * 2654435761u + 1; }
static U64 HC_RandU64(void) { /* splitmix64 */
    U64 z = hc_seed += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}
static I64 HC_RandI64(void) { return (I64)HC_RandU64(); }
static U32 HC_RandU32(void) { return (U32)HC_RandU64(); }
static U16 HC_RandU16(void) { return (U16)HC_RandU64(); }
static F64 HC_Rand(void) { return (F64)(HC_RandU64() >> 11) / 9007199254740992.0; }

static I64 (*hc_compare)(U8 *, U8 *);
static int hc_by_bytes(const void *a, const void *b) { I64 r = hc_compare((U8 *)a, (U8 *)b); return (r > 0) - (r < 0); }
static void HC_QSort(U8 *base, I64 n, I64 width, I64 (*compare)(U8 *, U8 *)) {
    hc_compare = compare;
    qsort(base, (size_t)n, (size_t)width, hc_by_bytes);
}
static I64 (*hc_compare_i64)(I64, I64);
static int hc_by_i64(const void *a, const void *b) {
    I64 r = hc_compare_i64(*(I64 *)a, *(I64 *)b);
    return (r > 0) - (r < 0);
}
static void HC_QSortI64(I64 *base, I64 n, I64 (*compare)(I64, I64)) {
    hc_compare_i64 = compare;
    qsort(base, (size_t)n, sizeof(I64), hc_by_i64);
}
static void HC_Exit(I64 code) { exit((int)code); }
static F64 HC_tS(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (F64)t.tv_sec + (F64)t.tv_nsec / 1e9;
}
static void HC_Sleep(I64 ms) { nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL); }
#undef S
