package stack

import (
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"time"

	"ksbb/infra/local/lambda"
)

// desk answers everything under /_local/, which exists on a laptop only.
func (s *Stack) desk() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_local/{$}", s.index)
	mux.Handle("GET /_local", http.RedirectHandler("/_local/", http.StatusMovedPermanently))
	mux.HandleFunc("GET /_local/mail", s.box.List)
	mux.HandleFunc("GET /_local/mail/{$}", s.box.Page)
	mux.HandleFunc("GET /_local/functions", s.functions)
	mux.HandleFunc("GET /_local/permissions", s.permissions)
	mux.HandleFunc("POST /_local/schedule/{name}", s.runSchedule)
	mux.HandleFunc("GET /_local/token", s.token)
	mux.HandleFunc("GET /_local/steward", s.steward)
	mux.HandleFunc("GET /_local/oidc/.well-known/openid-configuration", s.issuer.Configuration)
	mux.HandleFunc("GET /_local/oidc/.well-known/jwks.json", s.issuer.Keys)
	s.signIn().Handle(mux, "/_local/oidc")
	return mux
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// functions tells what each function has done since the start.
func (s *Stack) functions(w http.ResponseWriter, r *http.Request) {
	tallies := []lambda.Tally{}
	for _, p := range s.host.Pools() {
		tallies = append(tallies, p.Tally())
	}
	writeJSON(w, http.StatusOK, tallies)
}

// runSchedule runs a scheduled function now, or as if at another time, and
// answers with its result. A period is passed on to it: the report of that
// period is wanted.
func (s *Stack) runSchedule(w http.ResponseWriter, r *http.Request) {
	job, err := s.schedules.Find(r.PathValue("name"))
	if err != nil {
		writeJSON(w, http.StatusNotFound, map[string]string{"message": err.Error()})
		return
	}
	order := struct {
		Time   *time.Time `json:"time"`
		Period string     `json:"period"`
	}{}
	d := json.NewDecoder(io.LimitReader(r.Body, 1<<16))
	d.DisallowUnknownFields()
	if err := d.Decode(&order); err != nil && !errors.Is(err, io.EOF) {
		writeJSON(w, http.StatusBadRequest, map[string]string{"message": `want {"time": "2026-01-31T10:00:00Z", "period": "2026-01"}, either or nothing: ` + err.Error()})
		return
	}
	due := time.Now()
	if order.Time != nil {
		due = *order.Time
	}
	more := map[string]string{}
	if order.Period != "" {
		more["period"] = order.Period
	}
	answer, err := job.With(r.Context(), due, more)
	if err != nil {
		var e *lambda.Error
		if !errors.As(err, &e) {
			e = &lambda.Error{Kind: "Local", Message: err.Error()}
		}
		writeJSON(w, http.StatusBadGateway, e)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}

// steward answers with the private link that a recipient's steward would hold.
func (s *Stack) steward(w http.ResponseWriter, r *http.Request) {
	recipient := r.URL.Query().Get("recipient")
	ledger, isLedger := s.Template.Table(ledgerTable)
	private, isPrivate := s.Template.Table(privateTable)
	if s.options.StewardSecret == nil || !isLedger || !isPrivate || recipient == "" {
		writeJSON(w, http.StatusNotFound, map[string]string{"message": "want ?recipient=<id> of a platform with recipients"})
		return
	}
	secret, err := s.options.StewardSecret(r.Context(), s.seeding(ledger, private), recipient)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		writeJSON(w, http.StatusNotFound, map[string]string{"message": "no such recipient"})
	case err != nil:
		writeJSON(w, http.StatusBadGateway, map[string]string{"message": err.Error()})
	default:
		writeJSON(w, http.StatusOK, map[string]string{"link": s.URL + "/pj/#" + secret})
	}
}

func (s *Stack) index(w http.ResponseWriter, r *http.Request) {
	var schedules []string
	for _, j := range s.schedules {
		schedules = append(schedules, j.Function.ID)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = index.Execute(w, map[string]any{"Schedules": schedules, "DynamoDB": s.DynamoDB, "S3": s.S3, "Folder": s.folder})
}

var index = template.Must(template.New("index").Parse(`<!doctype html>
<html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Di balik layar</title>
<style>
body { font: 16px/1.6 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #faf8f4 }
code { background: #efeadf; padding: .1em .3em; border-radius: 4px; overflow-wrap: anywhere } dd { margin: 0 0 .75rem }
</style>
<h1>Di balik layar</h1>
<p>Halaman ini hanya ada di komputer ini. Situsnya: <a href="/">halaman depan</a>.</p>
<dl>
<dt><a href="/_local/mail/">Surat keluar</a> (<a href="/_local/mail">JSON</a>)<dd>Pesan yang dikirim situs; tidak ada yang keluar dari komputer ini.
<dt><a href="/_local/functions">Fungsi</a><dd>Berapa kali dipanggil, gagal, dan berapa lama.
<dt><a href="/_local/permissions">Izin</a><dd>Apa yang boleh dilakukan tiap fungsi menurut template.yaml, dan berapa kali terpakai.
<dt><a href="/_local/steward?recipient=31.74.01.1001.001">Tautan penanggung jawab</a><dd><code>?recipient=31.74.01.1001.001</code>
<dt><a href="/petugas/">Masuk sebagai petugas</a><dd>Tanpa kata sandi: pilih siapa dari daftar.
<dt><a href="/_local/token?role=assessor&amp;areas=31.74">Token petugas</a><dd><code>?role=assessor&amp;areas=31.74</code>, juga <code>aggregator</code>, <code>sub</code>, <code>name</code>, <code>email</code>;
yang harus ditolak: <code>use=id</code>, <code>alg=none</code>, <code>expired=1</code>, <code>issuer=other</code>, <code>audience=other</code>
<dt>Jadwal<dd>{{range .Schedules}}<form method="post" action="/_local/schedule/{{.}}"><button>Jalankan {{.}} sekarang</button></form>{{else}}tidak ada{{end}}
<code>POST /_local/schedule/&lt;nama&gt; {"time": "2026-01-31T10:00:00Z"}</code>
<dt>Mesin<dd>DynamoDB <code>{{.DynamoDB}}</code>, S3 <code>{{.S3}}</code>, data di <code>{{.Folder}}</code>
</dl>
</html>`))
