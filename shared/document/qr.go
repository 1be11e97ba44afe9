package document

import (
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"rsc.io/qr"
)

// Square is a QR code of a given width in millimetres, quiet zone not included.
type Square struct {
	code *qr.Code
	side float64
}

// SquareOf encodes what the code opens. Level M survives a fold and a
// raindrop, and keeps the modules of a long address large enough for an old
// phone.
func SquareOf(text string, side float64) (Square, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return Square{}, fmt.Errorf("encode QR code of %d bytes: %w", len(text), err)
	}
	return Square{code, side}, nil
}

// Draw puts the code with its upper left corner at x, y. All modules are one
// path, filled once: modules filled one by one show hairlines between them in
// some viewers.
func (q Square) Draw(pdf *fpdf.Fpdf, x, y float64) {
	const k = 72 / 25.4
	module := q.side / float64(q.code.Size)
	var path strings.Builder
	path.WriteString("q 0 g\n")
	for row := range q.code.Size {
		for col := 0; col < q.code.Size; col++ {
			from := col
			for col < q.code.Size && q.code.Black(col, row) {
				col++
			}
			if col > from {
				fmt.Fprintf(&path, "%.3f %.3f %.3f %.3f re\n",
					(x+float64(from)*module)*k, (pageHeight-y-float64(row+1)*module)*k, float64(col-from)*module*k, module*k)
			}
		}
	}
	path.WriteString("f Q")
	pdf.RawWriteStr(path.String())
}
