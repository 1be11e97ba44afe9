// Command report-scheduled writes what is published on a schedule: the reports
// of days, weeks and months, the open data, the frozen releases and the public
// log. It names no collaborator in what is kept for ever, and has no permission
// on the table that holds contacts.
//
// REGION_PACK names the region pack, LEDGER_TABLE the table of facts,
// PUBLIC_BUCKET the bucket of the public tree, SITE_URL the origin of the
// public site.
package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"ksbb/shared/blob"
	"ksbb/shared/catalogue"
	"ksbb/shared/page"
	"ksbb/shared/publish"
	"ksbb/shared/region"
	"ksbb/shared/release"
	"ksbb/shared/table"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("report-scheduled cannot start", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, env func(string) string) error {
	pack, err := region.Load(env("REGION_PACK"))
	if err != nil {
		return err
	}
	site := env("SITE_URL")
	facts, err := table.OpenReporter(ctx, env("LEDGER_TABLE"))
	if err != nil {
		return err
	}
	bucket, err := blob.Open(ctx, env("PUBLIC_BUCKET"))
	if err != nil {
		return err
	}
	runner := catalogue.Making(catalogue.New(pack, facts, time.Now), func(pack *region.Pack) (*release.Runner, error) {
		pages, err := page.New(pack, site)
		if err != nil {
			return nil, err
		}
		return &release.Runner{
			Region: pack, Facts: facts, Store: bucket, Scratch: folder(os.TempDir()), Editions: release.Editions(pages.In),
			Printer: printer{pack, site}, Publisher: publish.NewPublisher(pack, facts, bucket, bucket, publish.Editions(pages.In), workers),
			Announcer: facts, Site: site, Workers: workers,
		}, nil
	})
	s := &server{runner: standing{runner}}
	lambda.StartWithOptions(s.handle, lambda.WithContext(ctx))
	return nil
}

// workers is how many requests to DynamoDB and S3 are under way at once. Each
// recipient's history that is read ahead is held in memory.
const workers = 8
