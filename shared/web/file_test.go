package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/danielgtaylor/huma/v2"
)

func TestFileLeavesAsItIs(t *testing.T) {
	const paper = "%PDF-1.7\n\x00\xff\xfe"
	h := Handler(API{Title: "Papers", Version: "1"}, func(api huma.API) {
		huma.Register(api, PDF(huma.Operation{OperationID: "getPaper", Method: http.MethodGet, Path: "/v1/paper.pdf"}),
			func(context.Context, *struct{}) (*File, error) { return NewPDF("surat-1", []byte(paper)), nil })
	})
	ask := func(path string) events.APIGatewayV2HTTPResponse {
		event := events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: path, Headers: map[string]string{"accept": "text/html"}}
		event.RequestContext.DomainName = "ksbb.example"
		event.RequestContext.HTTP.Method = http.MethodGet
		answer, err := Proxy(h)(t.Context(), event)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	got := ask("/v1/paper.pdf")
	body, err := base64.StdEncoding.DecodeString(got.Body)
	if err != nil || !got.IsBase64Encoded || string(body) != paper || got.StatusCode != 200 || got.Headers["Content-Type"] != "application/pdf" ||
		got.Headers["Content-Disposition"] != `inline; filename="surat-1.pdf"` || got.Headers["X-Content-Type-Options"] != "nosniff" || got.Headers["Cache-Control"] != "no-store" {
		t.Errorf("got %+v, %v", got, err)
	}
	var document struct {
		Paths map[string]map[string]struct {
			Responses map[string]struct {
				Content map[string]struct{ Schema struct{ Type, Format string } }
			}
		}
	}
	if err := json.Unmarshal([]byte(ask("/v1/openapi.json").Body), &document); err != nil {
		t.Fatal(err)
	}
	content := document.Paths["/v1/paper.pdf"]["get"].Responses["200"].Content
	if said, ok := content["application/pdf"]; !ok || len(content) != 1 || said.Schema.Type != "string" || said.Schema.Format != "binary" {
		t.Errorf("described as %+v", content)
	}
}
