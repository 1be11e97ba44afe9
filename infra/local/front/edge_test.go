package front

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const edgeFile = "../../edge.yaml"

func readEdge(t *testing.T) *Edge {
	t.Helper()
	e, err := ReadEdge(edgeFile, Origins{Evidence: []string{"http://127.0.0.1:9001", "http://127.0.0.1:9002"}, SignIn: "http://localhost:9/_local/oidc"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// directives splits a content security policy.
func directives(h http.Header) map[string]string {
	all := map[string]string{}
	for d := range strings.SplitSeq(h.Get("Content-Security-Policy"), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(d), " ")
		all[name] = value
	}
	return all
}

func TestPagesMayRunOnlyTheSitesOwnScripts(t *testing.T) {
	t.Parallel()
	e := readEdge(t)
	for _, p := range []string{"/", "/wilayah/31.74/", "/en/lokasi/31.74.01.1001.001/", "/bantu/x/", "/k/", "/en/pj/", "/data/", "/aset/bantu.js", "/sw.js", "/nowhere"} {
		h := e.headersFor(p)
		got := directives(h)
		for name, want := range map[string]string{
			"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "worker-src": "'self'", "manifest-src": "'self'",
			"connect-src": "'self' http://127.0.0.1:9001 http://127.0.0.1:9002", "img-src": "'self' data: blob: http://127.0.0.1:9001 http://127.0.0.1:9002",
			"form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'", "require-trusted-types-for": "'script'",
		} {
			if got[name] != want {
				t.Errorf("%s: %s is %q, want %q", p, name, got[name], want)
			}
		}
		for name, want := range map[string]string{
			"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Access-Control-Allow-Origin": "",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", p, name, h.Get(name), want)
			}
		}
		for _, feature := range []string{"camera=(self)", "geolocation=(self)", "microphone=()", "payment=()"} {
			if !strings.Contains(h.Get("Permissions-Policy"), feature) {
				t.Errorf("%s: %s is not in %q", p, feature, h.Get("Permissions-Policy"))
			}
		}
	}
}

// The console alone talks to the provider that signs staff in, and is found by
// no search engine.
func TestOnlyTheConsoleTalksToTheProvider(t *testing.T) {
	t.Parallel()
	e := readEdge(t)
	for path, console := range map[string]bool{
		"/petugas/": true, "/en/petugas/": true, "/petugas/index.html": true,
		"/": false, "/aset/petugas.js": false, "/lokasi/petugas/": false, "/v1/staff/me": false, "/embed/petugas/": false, "/en/": false,
	} {
		h := e.headersFor(path)
		got := directives(h)
		if strings.Contains(got["connect-src"], "http://localhost:9/_local/oidc/") != console {
			t.Errorf("%s may talk to %q", path, got["connect-src"])
		}
		if (h.Get("X-Robots-Tag") == "noindex") != console {
			t.Errorf("%s: X-Robots-Tag %q", path, h.Get("X-Robots-Tag"))
		}
		if !console {
			continue
		}
		for name, want := range map[string]string{
			"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "form-action": "'self'", "base-uri": "'none'",
			"frame-ancestors": "'none'", "require-trusted-types-for": "'script'",
			"connect-src": "'self' http://127.0.0.1:9001 http://127.0.0.1:9002 http://localhost:9/_local/oidc/",
			"img-src":     "'self' data: blob: http://127.0.0.1:9001 http://127.0.0.1:9002",
		} {
			if got[name] != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got[name], want)
			}
		}
		if h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cross-Origin-Opener-Policy") != "same-origin" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

func TestNoPolicyAllowsInlineOrEvaluatedScript(t *testing.T) {
	t.Parallel()
	for _, b := range readEdge(t).behaviours {
		if csp := b.headers.Get("Content-Security-Policy"); csp == "" || strings.Contains(csp, "unsafe") || strings.Contains(csp, "strict-dynamic") {
			t.Errorf("%s: %q", b.pattern, csp)
		}
	}
}

func TestOnlyEmbedsMayStandInFramesOfOthers(t *testing.T) {
	t.Parallel()
	e := readEdge(t)
	for path, want := range map[string]string{
		"/embed/31/": "*", "/en/embed/31.74/": "*",
		"/": "'none'", "/embed": "'none'", "/lokasi/embed/": "'none'", "/en/": "'none'", "/v1/embed/": "'none'", "/data/v1/embed/": "'none'",
	} {
		if got := directives(e.headersFor(path))["frame-ancestors"]; got != want {
			t.Errorf("%s may be framed by %q, want %q", path, got, want)
		}
	}
}

func TestOpenDataIsReadableFromEverywhereAndAnswersOfTheAPIAreNot(t *testing.T) {
	t.Parallel()
	e := readEdge(t)
	for path, want := range map[string]string{
		"/data/manifest.json": "*", "/data/v1/areas/31.abc.json": "*", "/data/schemas/area.json": "*", "/gambar/lokasi/x.png": "*",
		"/data/": "", "/": "", "/v1/challenge": "", "/v1/data/x": "", "/aset/gambar/x": "",
	} {
		if got := e.headersFor(path).Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s is readable from %q, want %q", path, got, want)
		}
	}
	if got := directives(e.headersFor("/v1/commitments/1/letter.pdf")); got["default-src"] != "'none'" || len(got) < 4 {
		t.Errorf("an answer of the API may %v", got)
	}
}

func TestHeadersOfTheEdgeWinAndStandOnEveryAnswer(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 304, 404} {
		h := readEdge(t).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Referrer-Policy", "unsafe-url")
			w.Header().Set("Cache-Control", "no-store")
			if status != 200 {
				w.WriteHeader(status)
				return
			}
			_, _ = w.Write([]byte("x"))
		}))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/k/", nil))
		if got := w.Result(); got.StatusCode != status || got.Header.Get("Referrer-Policy") != "no-referrer" || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%d: got %d %v", status, got.StatusCode, got.Header)
		}
	}
}

func TestAPolicyThatTheFrontDoesNotUnderstandIsRefused(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(edgeFile)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"another header":           {"ContentTypeOptions: {Override: true}", "FrameOptions: {FrameOption: DENY, Override: true}"},
		"another origin":           {"https://${EvidenceDomain}; connect-src", "https://${ApiDomain}; connect-src"},
		"a header that may differ": {"Value: same-origin, Override: true", "Value: same-origin, Override: false"},
		"a behaviour without":      {"ResponseHeadersPolicyId: !Ref ApiAnswers", "OriginRequestPolicyId: x"},
	} {
		changed := strings.Replace(string(text), change[0], change[1], 1)
		if changed == string(text) {
			t.Fatalf("%s: %q is not in the file", name, change[0])
		}
		file := filepath.Join(t.TempDir(), "edge.yaml")
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadEdge(file, Origins{}); err == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
}

// functionCode returns the code of a function of the edge.
func functionCode(t *testing.T, id string) string {
	t.Helper()
	text, err := os.ReadFile(edgeFile)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Resources map[string]struct {
			Properties struct {
				Code string `yaml:"FunctionCode"`
			} `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Resources[id].Properties.Code
}

func TestTheEdgeAndTheFrontAgreeOnWhatIsAFile(t *testing.T) {
	t.Parallel()
	found := regexp.MustCompile(`/(\S+)/\.test\(uri\)`).FindStringSubmatch(functionCode(t, "PageAddress"))
	if found == nil || found[1] != extension.String() {
		t.Errorf("the edge says %q, the front %q", found, extension)
	}
}

func TestTheEdgeFindsPages(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal(err)
	}
	type request struct {
		URI   string         `json:"uri"`
		Query map[string]any `json:"querystring"`
	}
	value := func(v string) any { return map[string]any{"value": v} }
	cases := []struct {
		request request
		uri, to string
	}{
		{request{"/", nil}, "/index.html", ""},
		{request{"/wilayah/31.74/", nil}, "/wilayah/31.74/index.html", ""},
		{request{"/wilayah/31.74", nil}, "", "/wilayah/31.74/"},
		{request{"/en/lokasi/31.74.01.1001.001", nil}, "", "/en/lokasi/31.74.01.1001.001/"},
		{request{"/aset/bantu.js", nil}, "/aset/bantu.js", ""},
		{request{"/data/v1/areas/31.74.0a1b.json", nil}, "/data/v1/areas/31.74.0a1b.json", ""},
		{request{"/peta", map[string]any{"cari": value("rw%2003"), "x": map[string]any{"value": "1", "multiValue": []any{value("1"), value("2")}}}}, "", "/peta/?cari=rw%2003&x=1&x=2"},
	}
	var requests []request
	for _, c := range cases {
		if c.request.Query == nil {
			c.request.Query = map[string]any{}
		}
		requests = append(requests, c.request)
	}
	in, err := json.Marshal(requests)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "-e", functionCode(t, "PageAddress")+`
console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).map((request) => handler({ request }))));`)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got []struct {
		URI        string
		StatusCode int
		Headers    struct{ Location struct{ Value string } }
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, c := range cases {
		if got[i].URI != c.uri || got[i].Headers.Location.Value != c.to || (c.to != "") != (got[i].StatusCode == 301) {
			t.Errorf("%s: got %+v, want %q or to %q", c.request.URI, got[i], c.uri, c.to)
		}
	}
}
