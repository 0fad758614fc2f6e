// SPDX-License-Identifier: Apache-2.0

// Makes random expressions and says what cel-go makes of them: one line of JSON each.
// usage: celdiff COUNT SEED
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/ext"
)

var rnd *rand.Rand

func pick(s ...string) string { return s[rnd.Intn(len(s))] }

var kinds = []string{"int", "uint", "double", "bool", "string", "bytes", "li", "ls", "msi", "time", "dur", "oi", "dyn"}

type scope struct {
	names []string
	types []string
}

func (s *scope) with(n, t string) *scope {
	return &scope{append(append([]string{}, s.names...), n), append(append([]string{}, s.types...), t)}
}

func literal(t string) string {
	switch t {
	case "int":
		return pick("0", "1", "-1", "2", "7", "42", "-13", "9223372036854775807", "-9223372036854775808", "0x1F", "1000000")
	case "uint":
		return pick("0u", "1u", "2u", "42u", "18446744073709551615u", "0x10u")
	case "double":
		return pick("0.0", "1.0", "-1.5", "3.25", "1e10", "2.5e-3", "1e300", "-0.0", "123456789.5", "0.1")
	case "bool":
		return pick("true", "false")
	case "string":
		return pick("''", "'a'", "'hello'", "'Hello World'", "'πέντε'", "'a,b,c'", "'2024-02-29T12:34:56Z'", "'1h30m'", "'12'", "'-7'", "'3.5'", "'x\\ty'", "'\\u00ff\\U0001F431'", "' trim '", "'abcabc'", "r'a\\b'", "'true'", "'%d'")
	case "bytes":
		return pick("b''", "b'abc'", "b'\\xff\\x00'", "b'ÿ'")
	case "li":
		return pick("[]", "[1]", "[1, 2, 3]", "[3, 1, 2, 1]", "[-1, 0]")
	case "ls":
		return pick("['a']", "['a', 'b', 'c']", "['hello', 'world']", "['', 'x']")
	case "msi":
		return pick("{'a': 1}", "{'a': 1, 'b': 2}", "{'hello': 5, 'x': -1}")
	case "time":
		return pick("timestamp('2024-02-29T12:34:56.789Z')", "timestamp(0)", "timestamp('1969-12-31T23:59:59Z')", "timestamp('0001-01-01T00:00:00Z')", "timestamp('9999-12-31T23:59:59Z')", "timestamp('2023-07-14T10:30:45+05:30')")
	case "dur":
		return pick("duration('0s')", "duration('1h30m')", "duration('-5s')", "duration('1.5s')", "duration('100h')", "duration('1ms')", "duration('9223372036s')")
	case "oi":
		return pick("optional.of(1)", "optional.none()", "optional.ofNonZeroValue(0)")
	}
	return "dyn(" + literal(kinds[rnd.Intn(len(kinds)-1)]) + ")"
}

var counter int

func fresh() string { counter++; return fmt.Sprintf("v%d", counter%9) }

func gen(t string, d int, s *scope) string {
	if rnd.Intn(60) == 0 {
		t = kinds[rnd.Intn(len(kinds))]
	}
	if rnd.Intn(3) == 0 {
		var c []string
		for i := range s.names {
			if s.types[i] == t {
				c = append(c, s.names[i])
			}
		}
		if len(c) > 0 {
			return c[rnd.Intn(len(c))]
		}
	}
	if d <= 0 {
		return literal(t)
	}
	g := func(u string) string { return gen(u, d-1, s) }
	any := kinds[rnd.Intn(len(kinds))]
	switch rnd.Intn(12) {
	case 0:
		return "(" + g("bool") + " ? " + g(t) + " : " + g(t) + ")"
	case 1:
		v := fresh()
		return "cel.bind(" + v + ", " + g(any) + ", " + gen(t, d-1, s.with(v, any)) + ")"
	case 2:
		return literal(t)
	}
	macro := func(list, elem, name, body string) string {
		v := fresh()
		return g(list) + "." + name + "(" + v + ", " + gen(body, d-1, s.with(v, elem)) + ")"
	}
	switch t {
	case "int":
		switch rnd.Intn(17) {
		case 0, 1:
			return "(" + g("int") + " " + pick("+", "-", "*", "/", "%") + " " + g("int") + ")"
		case 2:
			return "size(" + g(pick("string", "bytes", "li", "ls", "msi")) + ")"
		case 3:
			return "int(" + g(pick("int", "uint", "double", "string", "time", "dur")) + ")"
		case 4:
			return "-(" + g("int") + ")"
		case 5:
			return g("li") + "[" + g("int") + "]"
		case 6:
			return g("msi") + pick(".a", ".b", "['hello']", "["+g("string")+"]")
		case 7:
			return g("time") + "." + pick("getFullYear", "getMonth", "getDayOfYear", "getDayOfMonth", "getDate", "getDayOfWeek", "getHours", "getMinutes", "getSeconds", "getMilliseconds") + "(" + pick("", "", "'America/New_York'", "'-02:30'", "'Asia/Kolkata'", "'Europe/Berlin'", "'UTC'", "'Australia/Sydney'") + ")"
		case 8:
			return g("dur") + "." + pick("getHours", "getMinutes", "getSeconds") + "()"
		case 9:
			return g("string") + pick(".indexOf(", ".lastIndexOf(") + g("string") + pick("", ", "+g("int")) + ")"
		case 10:
			return "math." + pick("greatest", "least") + "(" + g("int") + ", " + g("int") + ")"
		case 11:
			return "math." + pick("abs", "sign", "bitNot") + "(" + g("int") + ")"
		case 12:
			return "math." + pick("bitAnd", "bitOr", "bitXor", "bitShiftLeft", "bitShiftRight") + "(" + g("int") + ", " + g("int") + ")"
		case 13:
			return g("oi") + pick(".orValue("+g("int")+")", ".value()")
		case 14:
			return g("li") + pick(".first()", ".last()") + ".orValue(" + g("int") + ")"
		case 15:
			return "(" + g("li") + ")[?" + g("int") + "].orValue(" + g("int") + ")"
		}
	case "uint":
		switch rnd.Intn(4) {
		case 0:
			return "(" + g("uint") + " " + pick("+", "-", "*", "/", "%") + " " + g("uint") + ")"
		case 1:
			return "uint(" + g(pick("int", "uint", "double", "string")) + ")"
		case 2:
			return "math." + pick("bitAnd", "bitOr", "bitXor") + "(" + g("uint") + ", " + g("uint") + ")"
		}
	case "double":
		switch rnd.Intn(5) {
		case 0, 1:
			return "(" + g("double") + " " + pick("+", "-", "*", "/") + " " + g("double") + ")"
		case 2:
			return "double(" + g(pick("int", "uint", "double", "string")) + ")"
		case 3:
			return "math." + pick("ceil", "floor", "round", "trunc", "abs", "sign", "sqrt") + "(" + g("double") + ")"
		}
	case "bool":
		switch rnd.Intn(20) {
		case 0, 1:
			return "(" + g("bool") + pick(" && ", " || ") + g("bool") + ")"
		case 2:
			return "!(" + g("bool") + ")"
		case 3, 4:
			return "(" + g(any) + pick(" == ", " != ") + g(any) + ")"
		case 5, 6:
			u := pick("int", "uint", "double", "string", "bytes", "time", "dur", "bool")
			return "(" + g(u) + pick(" < ", " <= ", " > ", " >= ") + g(u) + ")"
		case 7:
			return "(" + g(pick("int", "uint", "double")) + pick(" < ", " <= ", " > ", " >= ") + g(pick("int", "uint", "double")) + ")"
		case 8:
			return "(" + g("int") + " in " + g("li") + ")"
		case 9:
			return "(" + g("string") + " in " + g(pick("ls", "msi")) + ")"
		case 10:
			return g("string") + "." + pick("startsWith", "endsWith", "contains") + "(" + g("string") + ")"
		case 11:
			return g("string") + ".matches(" + pick("'^[a-z]+$'", "'l+'", "r'\\d+'", "'(a|b)*c'", "'^.{2,4}$'", "'(?i)HELLO'", "r'\\bW'", "'[^a-c]'", "'x*'", "r'^\\pL+$'", "'(?s)a.*b'", "'a{2}|o'", "'['") + ")"
		case 12:
			return macro("li", "int", pick("all", "exists", "exists_one"), "bool")
		case 13:
			return macro("ls", "string", pick("all", "exists", "exists_one"), "bool")
		case 14:
			return macro("msi", "string", pick("all", "exists"), "bool")
		case 15:
			return "has(" + g("msi") + pick(".a", ".hello") + ")"
		case 16:
			return "(dyn(" + g(any) + ")" + pick(" == ", " != ") + "dyn(" + g(kinds[rnd.Intn(len(kinds))]) + "))"
		case 17:
			return "sets." + pick("contains", "equivalent", "intersects") + "(" + g("li") + ", " + g("li") + ")"
		case 18:
			a, b := fresh(), fresh()+"x"
			return g("li") + pick(".all(", ".exists(") + a + ", " + b + ", " + gen("bool", d-1, s.with(a, "int").with(b, "int")) + ")"
		case 19:
			return "type(" + g(any) + ") == " + pick("int", "string", "list", "bool", "map", "type(1)", "double", "bytes", "null_type")
		}
	case "string":
		switch rnd.Intn(16) {
		case 0, 1:
			return "(" + g("string") + " + " + g("string") + ")"
		case 2, 3:
			return "string(" + g(pick("int", "uint", "double", "string", "bytes", "time", "dur", "bool")) + ")"
		case 4:
			return g("string") + "." + pick("lowerAscii", "upperAscii", "trim", "reverse") + "()"
		case 5:
			return g("string") + ".charAt(" + g("int") + ")"
		case 6:
			return g("string") + ".substring(" + g("int") + pick("", ", "+g("int")) + ")"
		case 7:
			return g("string") + ".replace(" + g("string") + ", " + g("string") + pick("", ", "+g("int")) + ")"
		case 8:
			return g("ls") + ".join(" + pick("", g("string")) + ")"
		case 9:
			return "strings.quote(" + g("string") + ")"
		case 10:
			return "base64.encode(" + g("bytes") + ")"
		case 11:
			return "'" + pick("%s|%s", "%s %d", "%%%s", "%s%s%s", "%d %d", "%f %s", "%.2f %e", "%x %X", "%o %b") + "'.format([" + g(pick("int", "double", "string", any)) + ", " + g(pick("int", "uint", any)) + "])"
		case 12:
			return g("ls") + "[" + g("int") + "]"
		}
	case "bytes":
		switch rnd.Intn(4) {
		case 0:
			return "(" + g("bytes") + " + " + g("bytes") + ")"
		case 1:
			return "bytes(" + g(pick("string", "bytes")) + ")"
		case 2:
			return "base64.decode(base64.encode(" + g("bytes") + "))"
		}
	case "li":
		switch rnd.Intn(13) {
		case 0:
			return "[" + g("int") + ", " + g("int") + "]"
		case 1:
			return "(" + g("li") + " + " + g("li") + ")"
		case 2, 3:
			return macro("li", "int", "filter", "bool")
		case 4, 5:
			return macro("li", "int", "map", "int")
		case 6:
			return g("li") + "." + pick("distinct", "sort", "reverse") + "()"
		case 7:
			return g("li") + ".slice(" + g("int") + ", " + g("int") + ")"
		case 8:
			return "lists.range(" + pick("0", "3", "5") + ")"
		case 9:
			return "[" + g("li") + ", " + g("li") + "].flatten()"
		case 10:
			a, b := fresh(), fresh()+"x"
			return g("li") + ".transformList(" + a + ", " + b + ", " + gen("int", d-1, s.with(a, "int").with(b, "int")) + ")"
		case 11:
			return macro("li", "int", "sortBy", "int")
		case 12:
			return "[?" + g("oi") + ", " + g("int") + "]"
		}
	case "ls":
		switch rnd.Intn(6) {
		case 0:
			return "[" + g("string") + ", " + g("string") + "]"
		case 1:
			return g("string") + ".split(" + g("string") + pick("", ", "+g("int")) + ")"
		case 2:
			return macro("msi", "string", "map", "string") + ".sort()"
		case 3:
			return macro("ls", "string", "filter", "bool")
		case 4:
			return macro("ls", "string", "map", "string")
		case 5:
			return g("ls") + "." + pick("distinct", "sort", "reverse") + "()"
		}
	case "msi":
		switch rnd.Intn(3) {
		case 0:
			return "{" + g("string") + ": " + g("int") + ", " + g("string") + ": " + g("int") + "}"
		case 1:
			a, b := fresh(), fresh()+"x"
			return g("msi") + ".transformMap(" + a + ", " + b + ", " + gen("int", d-1, s.with(a, "string").with(b, "int")) + ")"
		case 2:
			return "{?'o': " + g("oi") + ", 'k': " + g("int") + "}"
		}
	case "time":
		switch rnd.Intn(3) {
		case 0:
			return "(" + g("time") + pick(" + ", " - ") + g("dur") + ")"
		case 1:
			return "timestamp(" + g(pick("int", "string", "time")) + ")"
		}
	case "dur":
		switch rnd.Intn(4) {
		case 0:
			return "(" + g("dur") + pick(" + ", " - ") + g("dur") + ")"
		case 1:
			return "(" + g("time") + " - " + g("time") + ")"
		case 2:
			return "duration(" + pick(g("dur"), "'1h'", "'-2m3.5s'", "'1us'", "'3ns'", "'0'", "'1d'") + ")"
		}
	case "oi":
		switch rnd.Intn(6) {
		case 0:
			return "optional.of(" + g("int") + ")"
		case 1:
			return g("msi") + "[?" + g("string") + "]"
		case 2:
			return g("msi") + pick(".?a", ".?zz")
		case 3:
			v := fresh()
			return g("oi") + ".optMap(" + v + ", " + gen("int", d-1, s.with(v, "int")) + ")"
		case 4:
			return g("oi") + ".or(" + g("oi") + ")"
		case 5:
			return g("li") + "[?" + g("int") + "]"
		}
	default:
		return "dyn(" + g(any) + ")"
	}
	return literal(t)
}

func show(v ref.Val) string {
	switch x := v.(type) {
	case types.Bool:
		return fmt.Sprint(bool(x))
	case types.Int:
		return fmt.Sprint(int64(x))
	case types.Uint:
		return fmt.Sprintf("%du", uint64(x))
	case types.Double:
		return "d:" + strconv.FormatFloat(float64(x), 'g', -1, 64)
	case types.String:
		return "s:" + hex.EncodeToString([]byte(x))
	case types.Bytes:
		return "b:" + hex.EncodeToString([]byte(x))
	case types.Null:
		return "null"
	case types.Duration:
		return fmt.Sprintf("D:%d", x.Duration.Nanoseconds())
	case types.Timestamp:
		return fmt.Sprintf("t:%d.%d", x.Unix(), x.Nanosecond())
	case *types.Optional:
		if x.HasValue() {
			return "some(" + show(x.GetValue()) + ")"
		}
		return "none"
	case ref.Type:
		return "T:" + x.TypeName()
	case traits.Lister:
		var p []string
		for it := x.Iterator(); it.HasNext() == types.True; {
			p = append(p, show(it.Next()))
		}
		return "[" + strings.Join(p, ",") + "]"
	case traits.Mapper:
		var p []string
		for it := x.Iterator(); it.HasNext() == types.True; {
			k := it.Next()
			p = append(p, show(k)+"="+show(x.Get(k)))
		}
		sort.Strings(p)
		return "{" + strings.Join(p, ",") + "}"
	}
	return "error"
}

func main() {
	count, _ := strconv.Atoi(os.Args[1])
	seed, _ := strconv.ParseInt(os.Args[2], 10, 64)
	rnd = rand.New(rand.NewSource(seed))
	env, err := cel.NewEnv(cel.CrossTypeNumericComparisons(true), cel.OptionalTypes(), ext.Strings(), ext.Math(), ext.Lists(), ext.Sets(), ext.Encoders(), ext.Bindings(), ext.TwoVarComprehensions())
	if err != nil {
		panic(err)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	start := time.Now()
	for i := 0; i < count; i++ {
		e := gen(kinds[rnd.Intn(len(kinds))], 1+rnd.Intn(4), &scope{})
		r := "check"
		if ast, iss := env.Compile(e); iss.Err() == nil {
			r = "error"
			if p, err := env.Program(ast); err == nil {
				if v, _, err := p.Eval(map[string]any{}); err == nil {
					r = show(v)
				}
			}
		}
		enc.Encode([2]string{e, r})
	}
	fmt.Fprintln(os.Stderr, time.Since(start))
}
