package mail

import (
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
)

// List answers with all messages as JSON, newest last.
func (b Box) List(w http.ResponseWriter, r *http.Request) {
	messages, err := b.Messages()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(messages)
}

// Page shows all messages to a person, newest first.
func (b Box) Page(w http.ResponseWriter, r *http.Request) {
	messages, err := b.Messages()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	slices.Reverse(messages)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, messages)
}

var page = template.Must(template.New("mail").Parse(`<!doctype html>
<html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Surat keluar</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #faf8f4 }
article { background: #fff; border: 1px solid #ddd6c8; border-radius: 8px; padding: 1rem; margin: 1rem 0 }
h2 { margin: 0; font-size: 1.1rem } p { margin: 0; color: #666 }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; border-top: 1px solid #eee; padding-top: .75rem }
iframe { width: 100%; height: 22rem; border: 1px solid #eee }
</style>
<h1>Surat keluar</h1>
<p>Tidak ada yang benar-benar dikirim: pesan hanya disimpan di komputer ini.</p>
{{range .}}<article><h2>{{.Subject}}</h2><p>kepada {{.To}} · dari {{.From}} · <time>{{.At.Format "2006-01-02 15:04:05 UTC"}}</time></p>
{{range .Headers}}<p>{{.Name}}: {{.Value}}</p>
{{end}}{{if .Text}}<pre>{{.Text}}</pre>{{end}}
{{if .HTML}}<details><summary>Tampilan HTML</summary><iframe sandbox="allow-popups" srcdoc="{{.HTML}}"></iframe></details>{{end}}</article>
{{else}}<p>Belum ada surat.</p>{{end}}
</html>`))
