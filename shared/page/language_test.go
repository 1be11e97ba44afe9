package page

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"ksbb/shared/bahasa"
)

// said is a text that stands as a literal where a page or a script says it.
type said struct {
	text  string
	where string
	args  int  // values it is given, -1 where a script takes what it needs
	words bool // every value is made into words first
}

// saidInGo finds what Go files under a folder say.
func saidInGo(t *testing.T, folder string) []said {
	t.Helper()
	var all []said
	literal := map[string]int{"Say": 0, "Markup": 0, "Many": 1, "Markups": 1}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			at, ok := literal[method.Sel.Name]
			if !ok || len(call.Args) <= at {
				return true
			}
			where := files.Position(call.Pos()).String()
			text, ok := call.Args[at].(*ast.BasicLit)
			if !ok || text.Kind != token.STRING {
				t.Errorf("%s: what %s says is no literal, so nobody can find its English", where, method.Sel.Name)
				return true
			}
			s, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, said{s, where, len(call.Args) - at - 1, strings.HasPrefix(method.Sel.Name, "Markup")})
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// saidInTemplates finds what templates say.
func saidInTemplates(t *testing.T) []said {
	t.Helper()
	var all []said
	literal := map[string]int{"t": 1, "many": 2}
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d templates, %v", len(names), err)
	}
	for _, name := range names {
		body, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		trees := map[string]*parse.Tree{}
		reading := parse.New(name)
		reading.Mode = parse.SkipFuncCheck
		if _, err := reading.Parse(string(body), "", "", trees); err != nil {
			t.Fatal(err)
		}
		var visit func(parse.Node)
		pipe := func(p *parse.PipeNode) {
			if p == nil {
				return
			}
			for _, c := range p.Cmds {
				if word, ok := c.Args[0].(*parse.IdentifierNode); ok {
					if at, ok := literal[word.Ident]; ok {
						text, ok := c.Args[min(at, len(c.Args)-1)].(*parse.StringNode)
						if !ok {
							t.Errorf("%s: {{%s}} says no literal", name, c)
							continue
						}
						all = append(all, said{text.Text, name, len(c.Args) - at - 1, true})
					}
				}
				for _, a := range c.Args {
					visit(a)
				}
			}
		}
		branch := func(b *parse.BranchNode) {
			pipe(b.Pipe)
			visit(b.List)
			if b.ElseList != nil {
				visit(b.ElseList)
			}
		}
		visit = func(n parse.Node) {
			switch n := n.(type) {
			case *parse.ListNode:
				for _, one := range n.Nodes {
					visit(one)
				}
			case *parse.ActionNode:
				pipe(n.Pipe)
			case *parse.PipeNode:
				pipe(n)
			case *parse.TemplateNode:
				pipe(n.Pipe)
			case *parse.IfNode:
				branch(&n.BranchNode)
			case *parse.RangeNode:
				branch(&n.BranchNode)
			case *parse.WithNode:
				branch(&n.BranchNode)
			}
		}
		for _, tree := range trees {
			visit(tree.Root)
		}
	}
	return all
}

var (
	scriptSays  = regexp.MustCompile(`(?:^|[^\w.$])t\(\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|` + "`[^`]*`" + `)`)
	scriptMany  = regexp.MustCompile(`(?:^|[^\w.$])many\([^'"` + "`" + `]*?,\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|` + "`[^`]*`" + `)`)
	scriptSpell = regexp.MustCompile(`\\(.)`)
)

// scriptFiles finds the scripts of the site, but for those that test it.
func scriptFiles(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir("../../site/src", func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && (ext == ".ts" || ext == ".tsx") && !strings.HasSuffix(path, ".test.ts") {
			names = append(names, path)
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("%d scripts, %v", len(names), err)
	}
	return names
}

// saidInScripts finds what the scripts of the site say.
func saidInScripts(t *testing.T) []said {
	t.Helper()
	var all []said
	for _, name := range scriptFiles(t) {
		if filepath.Base(name) == "t.ts" {
			continue
		}
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, pattern := range []*regexp.Regexp{scriptSays, scriptMany} {
			for _, found := range pattern.FindAllSubmatch(body, -1) {
				literal := string(found[1])
				text := scriptSpell.ReplaceAllStringFunc(literal[1:len(literal)-1], func(escaped string) string {
					if escaped == `\n` {
						return "\n"
					}
					return escaped[1:]
				})
				all = append(all, said{text, name, -1, true})
			}
		}
	}
	return all
}

func everythingSaid(t *testing.T) []said {
	t.Helper()
	// The other packages that speak on pages do so through the same dictionary.
	all := saidInGo(t, "..")
	all = slices.DeleteFunc(all, func(s said) bool { return strings.HasPrefix(s.where, "../bahasa/") })
	return slices.Concat(all, saidInTemplates(t), saidInScripts(t))
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?([sd%])`)

// verbs returns what a text takes, by place: with or without indexes.
func verbs(text string) []string {
	var all []string
	next := 0
	for _, found := range verb.FindAllStringSubmatch(text, -1) {
		if found[2] == "%" {
			continue
		}
		if found[1] != "" {
			next, _ = strconv.Atoi(found[1])
			next--
		}
		for len(all) <= next {
			all = append(all, "")
		}
		all[next] = found[2]
		next++
	}
	return all
}

func TestEveryTextHasItsEnglish(t *testing.T) {
	t.Parallel()
	words, err := bahasa.Dictionary()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, s := range everythingSaid(t) {
		used[s.text] = true
		if _, ok := words[s.text]; !ok {
			t.Errorf("%s: %q has no English", s.where, s.text)
		}
		switch needed := len(verbs(s.text)); {
		case s.words && slices.Contains(verbs(s.text), "d"):
			t.Errorf("%s: %q takes words, so that %%d would not be filled", s.where, s.text)
		case s.args < 0:
		case s.args != needed:
			t.Errorf("%s: %q takes %d values and is given %d", s.where, s.text, needed, s.args)
		case s.args == 0 && strings.Contains(s.text, "%%"):
			t.Errorf("%s: %q takes no values, so that %%%% would be read as two signs", s.where, s.text)
		}
	}
	for text := range words {
		if !used[text] {
			t.Errorf("nobody says %q any more", text)
		}
	}
}

func TestTheEnglishTakesWhatTheIndonesianDoes(t *testing.T) {
	t.Parallel()
	words, err := bahasa.Dictionary()
	if err != nil {
		t.Fatal(err)
	}
	markup := regexp.MustCompile(`</?[a-z][^>]*>`)
	for text, forms := range words {
		for _, english := range []string{forms.One, forms.Other} {
			if english == "" && forms.Other != "" {
				continue
			}
			if got, want := verbs(english), verbs(text); !slices.Equal(got, want) {
				t.Errorf("%q takes %v, its English %q takes %v", text, want, english, got)
			}
			var links [2][]string
			for i, s := range []string{text, english} {
				for _, tag := range markup.FindAllString(s, -1) {
					if strings.HasPrefix(tag, "<a ") {
						links[i] = append(links[i], tag)
					}
				}
				slices.Sort(links[i])
			}
			if !slices.Equal(links[0], links[1]) {
				t.Errorf("%q leads to %v, its English to %v", text, links[0], links[1])
			}
		}
	}
}

var (
	scriptComment = regexp.MustCompile(`(?s)/\*.*?\*/|(?m)(?:^|[\s;,{}()])//[^\n]*`)
	scriptLiteral = regexp.MustCompile(`'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|` + "`([^`]*)`")
	filled        = regexp.MustCompile(`\$\{[^}]*\}`)
)

// toStewards are what a page writes for a person in charge to read, which is
// Indonesian whatever the page speaks, and how Indonesian joins words.
var toStewards = []string{
	"… dan …", "… untuk … (…)", "Kapan dan di mana sebaiknya saya antarkan?",
	" Di sini Bapak/Ibu dapat melihat komitmen ini dan nanti memastikan barangnya: …",
}

// A text that is never asked for in the language of the page would be missed by
// the dictionary, so none may stand anywhere else. What has no space is a name.
func TestNothingIsSaidPastTheDictionary(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, s := range everythingSaid(t) {
		known[s.text] = true
	}
	past := func(where, text string) {
		if found := indonesian.FindAllString(text, -1); found != nil && strings.Contains(strings.TrimSpace(text), " ") && !known[text] {
			t.Errorf("%s says %q in Indonesian alone: %q", where, text, found)
		}
	}
	for _, name := range scriptFiles(t) {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		code := scriptComment.ReplaceAllString(string(body), "\n")
		for _, found := range scriptLiteral.FindAllStringSubmatch(code, -1) {
			text := scriptSpell.ReplaceAllString(found[1]+found[2]+found[3], "$1")
			if text = filled.ReplaceAllString(text, "…"); !slices.Contains(toStewards, text) {
				past(name, text)
			}
		}
	}
	pages, err := filepath.Glob("*.go")
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d files, %v", len(pages), err)
	}
	for _, path := range pages {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		places := token.NewFileSet()
		file, err := parser.ParseFile(places, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if text, err := strconv.Unquote(l.Value); err == nil {
					past(places.Position(l.Pos()).String(), text)
				}
			}
			return true
		})
	}
}

func TestLinksInsideTheSiteAreFound(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`^<(?:a|form|meta)(?: |[ \n][^>]*? )(?:href|action|content)="(?:0; url=)?(/(?:[a-z#?][^"]*)?")`)
	pieces := []string{
		"<", "<a", "<form", "<meta", "<aside", " ", "\n", ">", `"`, "/", "//", " href=", ` href="`, ` action="`, ` content="`, ` data-href="`, "0; url=",
		"lokasi/x/", "#isi", "?kota=1", "https://", "Z", ` class="k"`, `hreflang="en"`, ` href="/lokasi/x/"`, ` href="/"`, ` href="/Z"`, ` content="0; url=/a"`,
	}
	rng := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 200_000 {
		var tag strings.Builder
		tag.WriteString([]string{"<a", "<form", "<meta", "<aside", "<p"}[rng.IntN(5)])
		for range rng.IntN(8) {
			tag.WriteString(pieces[rng.IntN(len(pieces))])
		}
		start, end := 0, 0
		if m := link.FindStringSubmatchIndex(tag.String()); m != nil {
			start, end = m[2], m[3]
			found++
		}
		if s, e := linkIn([]byte(tag.String())); s != start || e != end {
			t.Fatalf("%q: found at %d to %d; want %d to %d", tag.String(), s, e, start, end)
		}
	}
	if found < 1000 {
		t.Errorf("only %d tags had one", found)
	}
}
