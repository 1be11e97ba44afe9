package web

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// File is an answer that is not JSON. The proxy sends what is not text in
// base64, which the gateway decodes.
type File struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

const pdfType = "application/pdf"

// NewPDF returns a PDF to be shown, or saved as "<name>.pdf". The name is of
// letters, digits and hyphens.
func NewPDF(name string, body []byte) *File {
	return &File{ContentType: pdfType, Disposition: `inline; filename="` + name + `.pdf"`, Body: body}
}

// PDF describes an operation that answers a [File] made by [NewPDF].
func PDF(op huma.Operation) huma.Operation {
	op.Responses = map[string]*huma.Response{"200": {
		Description: http.StatusText(http.StatusOK),
		Content:     map[string]*huma.MediaType{pdfType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
	return op
}
