package document

import (
	"bytes"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Font is the family of type of every paper, in plain and bold ("B"). It can
// draw what [Printable] returns.
const Font = "go"

// About is what a file says of itself to whoever asks for its properties.
type About struct {
	Title, Subject, Author, Creator string
	At                              time.Time // in the zone that the reader lives in
}

// Blank begins a file of A4 pages, measured in millimetres, that holds the one
// family of type. Nothing in it depends on when or where it is written, so the
// same pages give the same bytes.
func Blank(a About) *fpdf.Fpdf {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCreationDate(a.At)
	pdf.SetModificationDate(a.At)
	pdf.SetCatalogSort(true)
	pdf.SetProducer("KSBB", true)
	pdf.SetCreator(Printable(a.Creator), true)
	pdf.SetTitle(Printable(a.Title), true)
	pdf.SetAuthor(Printable(a.Author), true)
	pdf.SetSubject(Printable(a.Subject), true)
	pdf.SetLang("id-ID")
	pdf.SetAutoPageBreak(false, 0)
	pdf.AddUTF8FontFromBytes(Font, "", goregular.TTF)
	pdf.AddUTF8FontFromBytes(Font, "B", gobold.TTF)
	return pdf
}

// Finish returns the bytes of a file whose pages are drawn.
func Finish(pdf *fpdf.Fpdf) ([]byte, error) {
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, err
	}
	return inert(out.Bytes()), nil
}

// names is the empty list of attached files that the library writes into every
// catalogue.
var names = []byte("/Names <<\n/EmbeddedFiles << /Names [\n  \n] >>\n>>")

// inert blanks that list: a reader who looks for a file that brings others
// along stops at the word, and so does the gate for evidence, to which people
// upload these papers. Spaces keep every offset true.
func inert(pdf []byte) []byte {
	if i := bytes.LastIndex(pdf, names); i >= 0 {
		copy(pdf[i:], bytes.Repeat([]byte(" "), len(names)))
	}
	return pdf
}
