package evidence

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"ksbb/shared/aid"
)

// objStm is a stream of objects, of which the last is the given one.
func objStm(object string) string { return "7 0 8 5 << >> " + object }

func TestPDFsThatDoSomethingAreRefused(t *testing.T) {
	t.Parallel()
	js := "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
	packedJS := deflated(objStm(js))
	long := strings.Repeat("12 0 ", 20_000) + strings.Repeat("<< /A /B >> ", 30_000)
	for name, object := range map[string]string{
		"a script":                            js,
		"a script with escapes":               "<< /S /J#61vaScr#69pt >>",
		"a script with all escaped":           "<< /#4a#53 (x) >>",
		"a script with capital escapes":       "<< /#4A#53 (x) >>",
		"an action at opening":                "<< /OpenAction << /S /Named >> >>",
		"an action at opening, elsewhere":     "<< /OpenAction 9 0 R >>",
		"more actions":                        "<< /AA << /O 9 0 R >> >>",
		"a program":                           "<< /S /Launch /F (cmd.exe) >>",
		"a file within":                       "<< /Type /EmbeddedFile >>",
		"a file within, that does not say so": "<< /Type /Filespec /F (a.exe) /EF << /F 9 0 R >> >>",
		"a form of XML":                       "<< /AcroForm << /XFA 9 0 R >> >>",
		"a form that is sent":                 "<< /S /SubmitForm /F (https://x.example) >>",
		"data that are fetched":               "<< /S /ImportData >>",
		"another file":                        "<< /S /GoToR /F (\\\\\\\\server\\\\x) >>",
		"rich media":                          "<< /Subtype /RichMedia >>",
		"a password":                          "<< /Encrypt 9 0 R >>",
		"no space before":                     "<</S/JavaScript/JS(x)>>",
		"packed objects":                      stream("/Type /ObjStm /N 2 /First 8 /Filter /FlateDecode", packedJS),
		"packed objects that say nothing":     stream("/Filter /FlateDecode", packedJS),
		"packed objects behind a remark":      stream("/Filter /FlateDecode", deflated("% 1\n"+objStm(js))),
		"packed objects, cut off":             stream("/Type /ObjStm /Filter /FlateDecode", packedJS[:len(packedJS)-4]),
		"objects packed twice":                stream("/Type /ObjStm /Filter [/FlateDecode /FlateDecode]", deflated(packedJS)),
		"objects that are not packed":         stream("/Type /ObjStm /N 2 /First 8", objStm("<< /JS (x) >>")),
		"objects packed in another way":       stream("/Type /Obj#53tm /Filter [/ASCIIHexDecode /FlateDecode]", "78da>"),
		"objects with a predictor":            stream("/Type /ObjStm /Filter /FlateDecode /DecodeParms << /Predictor 12 >>", deflated("x")),
		"a script far behind in many objects": stream("/Type /ObjStm /Filter /FlateDecode", deflated(long+js)),
		"a script in what seems a text":       "(stream\n " + js + " endstream)",
	} {
		if _, got := Check(pdfFile(object), "application/pdf"); got != aid.RefusedActive {
			t.Errorf("%s: got %q, want %q", name, got, aid.RefusedActive)
		}
	}
	// Wherever a name falls on the reader's edges, it is found.
	for shift := range 200 {
		text := strings.Repeat("1 ", (64<<10-150+shift)/2) + strings.Repeat(" ", shift%2) + js
		if _, got := Check(pdfFile(stream("/Filter /FlateDecode", deflated(text))), "application/pdf"); got != aid.RefusedActive {
			t.Fatalf("shifted by %d: got %q", shift, got)
		}
	}
}

func TestBrokenPDFsAreRefused(t *testing.T) {
	t.Parallel()
	good := pdfFile()
	bomb := deflated(strings.Repeat("1 0 ", 40<<20/4))
	nested := objStm("null")
	for range 4 {
		nested = deflated(nested)
	}
	var many strings.Builder
	for range maxStreams + 1 {
		many.WriteString("stream\n\nendstream\n")
	}
	for name, file := range map[string][]byte{
		"cut off":                           good[:len(good)/2],
		"an end that is far from it":        append(bytes.Clone(good), make([]byte, 2000)...),
		"an unknown version":                bytes.Replace(good, []byte("%PDF-1.7"), []byte("%PDF-1.9"), 1),
		"a header alone":                    []byte("%PDF-1.7\n"),
		"a stream without an end":           pdfFile("<< >>\nstream\nxx"),
		"a bomb":                            pdfFile(stream("/Filter /FlateDecode", bomb)),
		"a bomb in a bomb":                  pdfFile(stream("/Filter [/FlateDecode /FlateDecode]", deflated(bomb))),
		"packed four times":                 pdfFile(stream("/Filter [/FlateDecode /FlateDecode /FlateDecode /FlateDecode]", nested)),
		"many small bombs":                  pdfFile(strings.Repeat(stream("/Filter /FlateDecode", deflated(strings.Repeat("1 0 ", 1<<18)))+"\n", 40)),
		"more streams than anybody writes":  pdfFile(many.String()),
		"a bomb behind another packed text": pdfFile(stream("/Filter /FlateDecode", deflated("8 0 "+strings.Repeat("\x00", 30<<20)))),
	} {
		if _, got := Check(file, "application/pdf"); got != aid.RefusedBroken {
			t.Errorf("%s: got %q, want %q", name, got, aid.RefusedBroken)
		}
	}
}

func TestHonestPDFsAreTaken(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 1<<20)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for name, object := range map[string]string{
		"a list of no files":                "<< /Names << /EmbeddedFiles << /Names [\n] >> >> >>",
		"a link":                            "<< /S /URI /URI (https://ksbb.example/) >>",
		"names that only begin alike":       "<< /JSX 1 /AAB 2 /Launcher 3 /JavaScripts 4 /OpenActions 5 >>",
		"a name that ends the file's reach": "<< /J#5 /J# /# >>",
		"a scan":                            stream("/Subtype /Image /Filter /DCTDecode", string(photo(400, 300))),
		"a packed picture":                  stream("/Subtype /Image /Filter /FlateDecode", deflated(string(noise))),
		"a packed picture of one colour":    stream("/Subtype /Image /Filter /FlateDecode", deflated(strings.Repeat("\xff", 40<<20))),
		"objects":                           stream("/Type /ObjStm /N 2 /First 8 /Filter /FlateDecode", deflated(objStm("<< /Type /Font >>"))),
		"many objects":                      stream("/Type /ObjStm /Filter /FlateDecode", deflated(objStm(strings.Repeat("<< /Type /JSfont /A /Aa >> ", 20_000)))),
		"objects packed twice":              stream("/Type /ObjStm /Filter [/FlateDecode /FlateDecode]", deflated(deflated(objStm("<< /Type /Font >>")))),
		"a damaged stream":                  stream("/Filter /FlateDecode", "\x78\xda\xff\xff\xff"),
		"short names by chance":             stream("/Subtype /Image /Filter /DCTDecode", "/JS /AA /XFA "),
		"hundreds of streams":               strings.Repeat(stream("/Filter /FlateDecode", deflated("1 0 0 1 0 0 cm"))+" ", 500),
	} {
		if _, got := Check(pdfFile(object), "application/pdf"); got != "" {
			t.Errorf("%s: got %q, want it taken", name, got)
		}
	}
	// What only begins alike is no less honest where it falls on an edge.
	for shift := range 40 {
		edge := strings.Repeat("1 ", 64<<10/2-20) + strings.Repeat(" ", shift)
		for _, object := range []string{"<< /JSfont 1 >>", "<< /OpenAction  [3 0 R /Fit] >>"} {
			if _, got := Check(pdfFile(stream("/Filter /FlateDecode", deflated(edge+object+strings.Repeat(" 1", 1000)))), "application/pdf"); got != "" {
				t.Fatalf("%s shifted by %d: got %q", object, shift, got)
			}
		}
	}
	for _, version := range []string{"1.0", "1.4", "2.0"} {
		file := bytes.Replace(pdfFile(), []byte("%PDF-1.7"), []byte("%PDF-"+version), 1)
		if _, got := Check(file, "application/pdf"); got != "" {
			t.Errorf("version %s: got %q", version, got)
		}
	}
}
