package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/report"
	"ksbb/shared/report/workbook"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// exportStore is the part of the tables that lists are taken from, beside what
// they are shown from.
type exportStore interface {
	Commitments(context.Context, aid.RecipientID) ([]aid.Commitment, error)
	ComplaintMonths(context.Context) ([]string, error)
	ComplaintsOf(ctx context.Context, month string) ([]aid.Complaint, error)
	Audit(ctx context.Context, q table.AuditQuery, cursor string, limit int) ([]table.Act, string, error)
	Officers(context.Context) ([]aid.Account, error)
}

const (
	csvType  = "text/csv; charset=utf-8"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

func (s *server) registerExports(api huma.API) {
	file := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	huma.Register(api, huma.Operation{
		OperationID: "exportList", Method: http.MethodGet, Path: "/v1/staff/exports/{file}",
		Summary: "A list as CSV or as a workbook",
		Description: "No cell is taken for a formula by a spreadsheet. Whoever takes a list along stands in the trail. What is too large for an answer is answered as JSON with the address where it lies, good for five minutes. " +
			"Filters are those of the list itself; those that it does not have are ignored.",
		Responses: map[string]*huma.Response{"200": {
			Description: http.StatusText(http.StatusOK),
			Content: map[string]*huma.MediaType{
				"text/csv": {Schema: file}, xlsxType: {Schema: file},
				"application/json": {Schema: &huma.Schema{
					Type: huma.TypeObject, Required: []string{"url", "expires"},
					Properties: map[string]*huma.Schema{"url": {Type: huma.TypeString}, "expires": {Type: huma.TypeString, Format: "date-time"}},
				}},
			},
		}},
	}, s.export)
}

type exportInput struct {
	File       string           `path:"file" maxLength:"40" doc:"<list>.csv or <list>.xlsx; /v1/staff/me names the lists"`
	BOM        bool             `query:"bom" doc:"Begin a CSV file with a byte order mark, by which Excel sees that it is UTF-8"`
	Area       string           `query:"area" maxLength:"20"`
	Kind       aid.KindID       `query:"kind" maxLength:"60"`
	Q          string           `query:"q" maxLength:"80"`
	Closed     bool             `query:"closed"`
	State      string           `query:"state" maxLength:"20"`
	Program    aid.ProgramID    `query:"program" maxLength:"60"`
	Aggregator aid.AggregatorID `query:"aggregator" maxLength:"60"`
	Class      string           `query:"class" maxLength:"40"`
	Day        aid.Day          `query:"day" maxLength:"10"`
	Object     string           `query:"object" maxLength:"120"`
	Officer    aid.OfficerID    `query:"officer" maxLength:"120"`
	Deed       aid.Deed         `query:"deed" maxLength:"40"`
}

// fill writes the rows of a list.
type fill func(row func(cells []any) error) error

// mostAnswered is how large a file may be that is answered itself: Lambda hands
// on 6 MB, and a workbook grows by a third on the way.
const mostAnswered = 4 << 20

// export answers a list as a file. What is not the caller's to see is not in it.
func (s *server) export(ctx context.Context, in *exportInput) (*web.File, error) {
	name, ending, _ := strings.Cut(in.File, ".")
	i := slices.IndexFunc(exportable, func(l struct {
		name string
		deed aid.Deed
	}) bool {
		return l.name == name
	})
	if i < 0 || ending != "csv" && ending != "xlsx" {
		if _, err := s.caller(ctx); err != nil {
			return nil, err // whoever is nobody learns not even which lists there are
		}
		return nil, fmt.Errorf("list %q: %w", in.File, aid.ErrNotFound)
	}
	who, err := s.role(ctx, exportable[i].deed)
	if err != nil {
		return nil, err
	}
	about, rows, err := s.rowsOf(ctx, who, name, in)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if ending == "csv" {
		err = writeCSV(&b, about, in.BOM, rows)
	} else {
		err = workbook.List(&b, about.TitleID+", "+s.pack.Title, s.instant(), s.pack.Zone, about, rows)
	}
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", in.File, err)
	}
	if err := s.store.Record(ctx, s.taken(who, exportable[i].deed, name, in)); err != nil {
		return nil, err
	}
	kind := map[string]string{"csv": csvType, "xlsx": xlsxType}[ending]
	fileName := fmt.Sprintf("%s-%s.%s", name, s.today(), ending)
	if b.Len() > mostAnswered {
		return s.layReady(ctx, b.Bytes(), kind, fileName, ending)
	}
	return &web.File{ContentType: kind, Disposition: `attachment; filename="` + fileName + `"`, Body: b.Bytes()}, nil
}

// taken is the act of taking a list along. What was searched for is left out: a
// trail that names more than was taken does no harm, and a search may be somebody's
// telephone number.
func (s *server) taken(who caller, deed aid.Deed, name string, in *exportInput) table.Act {
	where, _ := area.Parse(string(in.Area))
	act := s.act(who, uuid.Must(uuid.NewV7()).String(), deed, "export", "list/"+name, where, "")
	filters := map[string]string{
		"file": in.File, "kind": string(in.Kind), "state": in.State, "program": string(in.Program), "aggregator": string(in.Aggregator),
		"class": in.Class, "day": string(in.Day), "object": in.Object, "officer": string(in.Officer), "deed": string(in.Deed),
	}
	maps.DeleteFunc(filters, func(_, v string) bool { return v == "" })
	text, err := json.Marshal(filters)
	if err != nil {
		panic(fmt.Errorf("encode filters: %w", err)) // it holds strings only
	}
	act.After = string(text)
	return act
}

func writeCSV(w io.Writer, about report.Table, mark bool, rows fill) error {
	out := report.NewList(w, about, mark)
	if err := rows(out.Row); err != nil {
		return err
	}
	return out.Close()
}

// layReady puts a file where the bucket itself hands it out, and answers where.
// Under this prefix the bucket keeps nothing for longer than a day.
func (s *server) layReady(ctx context.Context, body []byte, kind, fileName, ending string) (*web.File, error) {
	key := "exports/" + uuid.NewString() + "." + ending
	if err := s.evidence.Put(ctx, key, kind, body); err != nil {
		return nil, err
	}
	signed, err := s.evidence.SignGet(ctx, key, "", kind, fileName)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(struct {
		URL     string    `json:"url"`
		Expires time.Time `json:"expires"`
	}{signed.URL, signed.Expires})
	return &web.File{ContentType: "application/json", Disposition: "inline", Body: text}, err
}

// rowsOf returns what a list holds and how its rows are written, once it is
// known that the filters can be read.
func (s *server) rowsOf(ctx context.Context, who caller, name string, in *exportInput) (report.Table, fill, error) {
	switch name {
	case "complaints":
		return report.ComplaintTable, s.complaintRows(ctx, who, in), nil
	case "aggregators":
		return report.AggregatorTable, s.aggregatorRows(who), nil
	case "officers":
		return report.OfficerTable, s.officerRows(ctx), nil
	case "audit":
		q, err := s.auditQuery(in)
		return report.AuditTable, s.auditRows(ctx, q), err
	}
	areas, err := s.exportedAreas(who, in.Area)
	if err != nil {
		return report.Table{}, nil, err
	}
	filter := recipientsInput{Kind: in.Kind, Q: in.Q, Closed: in.Closed}
	each := func(add func(aid.Place) error) error {
		_, err := s.places(ctx, areas, in.Kind, "", len(s.pack.Leaves()), func(p aid.Place) (bool, error) {
			if !filter.fits(p.Recipient) {
				return true, nil
			}
			return true, add(p)
		})
		return err
	}
	switch name {
	case "recipients":
		return report.OfficeRecipientTable, func(row func([]any) error) error {
			return each(func(p aid.Place) error { return row(report.OfficeRecipientRow(p, s.pack)) })
		}, nil
	case "needs":
		return report.NeedTable, func(row func([]any) error) error {
			return each(func(p aid.Place) error { return eachRow(report.NeedRows(p, s.pack), row) })
		}, nil
	}
	filter.Closed = true // what was promised to a recipient that closed since is still promised
	return report.CommitmentTable, s.commitmentRows(ctx, who, in, each), nil
}

// exportedAreas returns the areas that a list of places is taken from. An
// aggregator works everywhere, and sees its own promises of what it asks for.
func (s *server) exportedAreas(who caller, asked string) ([]area.Code, error) {
	if who.Role != aid.StaffAggregator {
		return s.areasOf(who, asked)
	}
	if asked == "" {
		return []area.Code{s.pack.Root}, nil
	}
	code, err := area.Parse(asked)
	if err != nil {
		return nil, invalid("/area", "unknown", "no such area")
	}
	return []area.Code{code}, nil
}

func eachRow(rows [][]any, row func([]any) error) error {
	for _, cells := range rows {
		if err := row(cells); err != nil {
			return err
		}
	}
	return nil
}

// commitmentRows writes the commitments of places, some places read at once.
func (s *server) commitmentRows(ctx context.Context, who caller, in *exportInput, each func(func(aid.Place) error) error) fill {
	filter := listCommitmentsInput{State: in.State, Program: in.Program, Aggregator: in.Aggregator}
	return func(row func([]any) error) error {
		waiting := []aid.Place{}
		flush := func() error {
			read := make([][]aid.Commitment, len(waiting))
			group, ctx := errgroup.WithContext(ctx)
			for i, p := range waiting {
				group.Go(func() (err error) {
					read[i], err = s.store.Commitments(ctx, p.Recipient.ID)
					return err
				})
			}
			if err := group.Wait(); err != nil {
				return err
			}
			for i, p := range waiting {
				for _, c := range read[i] {
					matter := aid.Matter{Area: p.Recipient.Area, Aggregator: c.Aggregator}
					if !filter.fits(c) || who.may(aid.ReadCommitments, matter) != nil {
						continue
					}
					if err := eachRow(report.CommitmentRows(p, c, s.pack, true), row); err != nil {
						return err
					}
				}
			}
			waiting = waiting[:0]
			return nil
		}
		err := each(func(p aid.Place) error {
			if p.Activity.Pledged == 0 {
				return nil
			}
			if waiting = append(waiting, p); len(waiting) < leavesAtOnce {
				return nil
			}
			return flush()
		})
		if err != nil {
			return err
		}
		return flush()
	}
}

// complaintRows writes the complaints that the caller sees, the newest month
// first.
func (s *server) complaintRows(ctx context.Context, who caller, in *exportInput) fill {
	return func(row func([]any) error) error {
		months, err := s.store.ComplaintMonths(ctx)
		if err != nil {
			return err
		}
		slices.Sort(months)
		slices.Reverse(months)
		for _, month := range months {
			all, err := s.store.ComplaintsOf(ctx, month)
			if err != nil {
				return err
			}
			for _, c := range all {
				if !who.Sees(c) || in.State != "" && string(c.State) != in.State || in.Class != "" && string(c.Class) != in.Class ||
					in.Area != "" && !area.Code(in.Area).Contains(c.Area) {
					continue
				}
				if err := row(report.ComplaintRow(c, s.pack)); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// aggregatorRows writes the aggregators; one sees itself alone.
func (s *server) aggregatorRows(who caller) fill {
	return func(row func([]any) error) error {
		for _, a := range s.region.Last().Aggregators {
			if who.Role == aid.StaffAggregator && a.ID != who.Aggregator {
				continue
			}
			if err := row(report.AggregatorRow(a, s.today())); err != nil {
				return err
			}
		}
		return nil
	}
}

func (s *server) officerRows(ctx context.Context) fill {
	return func(row func([]any) error) error {
		all, err := s.store.Officers(ctx)
		if err != nil {
			return err
		}
		for _, a := range all {
			if err := row(report.OfficerRow(a)); err != nil {
				return err
			}
		}
		return nil
	}
}

// exportedDays is how far back a trail goes that nobody narrowed.
const exportedDays = 31

// auditQuery reads which acts are asked for: of a day, of an object, by somebody,
// or of the last month.
func (s *server) auditQuery(in *exportInput) (table.AuditQuery, error) {
	q := table.AuditQuery{Object: in.Object, Officer: in.Officer, Deed: in.Deed}
	switch {
	case in.Day != "":
		if _, err := aid.ParseDay(string(in.Day)); err != nil {
			return q, invalid("/day", "type", "want YYYY-MM-DD")
		}
		q.From, q.To = in.Day.Begins(s.pack.Zone), in.Day.Plus(1).Begins(s.pack.Zone)
	case in.Object == "" && in.Officer == "":
		q.From, q.To = s.today().Plus(1-exportedDays).Begins(s.pack.Zone), s.today().Plus(1).Begins(s.pack.Zone)
	}
	return q, nil
}

// auditPage is how many acts are read at once.
const auditPage = 500

func (s *server) auditRows(ctx context.Context, q table.AuditQuery) fill {
	return func(row func([]any) error) error {
		for cursor := ""; ; {
			acts, next, err := s.store.Audit(ctx, q, cursor, auditPage)
			if err != nil {
				return err
			}
			for _, a := range acts {
				err := row(report.AuditRow(report.Act{
					ID: a.ID, At: a.At, By: string(a.By), Name: a.Name, Role: string(a.Role), Deed: string(a.Deed), Action: a.Action, Object: a.Object,
					Area: a.Area, Before: a.Before, After: a.After, Reason: a.Reason,
				}))
				if err != nil {
					return err
				}
			}
			if cursor = next; cursor == "" {
				return nil
			}
		}
	}
}
