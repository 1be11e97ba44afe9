package mail

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func send(t *testing.T, box Box, body string) int {
	t.Helper()
	w := httptest.NewRecorder()
	box.ServeHTTP(w, httptest.NewRequest("POST", "/v2/email/outbound-emails", strings.NewReader(body)))
	return w.Code
}

const letter = `{"FromEmailAddress":"a@contoh.invalid","Destination":{"ToAddresses":["b@contoh.invalid"]},
"Content":{"Simple":{"Subject":{"Data":"Laporan"},"Body":{"Text":{"Data":"Halo"}},"Headers":[HEADERS]}}}`

func TestHeadersOfALetterAreKeptAndShown(t *testing.T) {
	t.Parallel()
	box, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	header := `{"Name":"List-Unsubscribe","Value":"<https://ksbb.example/end>"}`
	if status := send(t, box, strings.Replace(letter, "HEADERS", header, 1)); status != 200 {
		t.Fatalf("a letter with a header: %d", status)
	}
	messages, err := box.Messages()
	if want := []Header{{"List-Unsubscribe", "<https://ksbb.example/end>"}}; err != nil || len(messages) != 1 || !slices.Equal(messages[0].Headers, want) {
		t.Errorf("kept %+v, %v", messages, err)
	}
	w := httptest.NewRecorder()
	box.Page(w, httptest.NewRequest("GET", "/", nil))
	if !strings.Contains(w.Body.String(), "List-Unsubscribe: &lt;https://ksbb.example/end&gt;") {
		t.Errorf("the page shows no header: %s", w.Body)
	}
}

func TestHeadersThatWouldBeTwoAreRefused(t *testing.T) {
	t.Parallel()
	box, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range []string{`{"Name":"","Value":"x"}`, `{"Name":"A: b","Value":"x"}`, `{"Name":"A","Value":"x\r\nBcc: c@contoh.invalid"}`} {
		if status := send(t, box, strings.Replace(letter, "HEADERS", header, 1)); status != 400 {
			t.Errorf("%s: %d", header, status)
		}
	}
}
