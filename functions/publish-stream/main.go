// Command publish-stream rewrites the public files of what the ledger's stream
// says has changed.
//
// REGION_PACK names the region pack, LEDGER_TABLE the table of facts,
// PUBLIC_BUCKET the bucket of the public tree, WORKINGS_BUCKET the private one
// of what statistics are folded from, SITE_URL the origin of the public site.
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
	"ksbb/shared/table"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("publish-stream cannot start", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, env func(string) string) error {
	pack, err := region.Load(env("REGION_PACK"))
	if err != nil {
		return err
	}
	facts, err := table.OpenLedger(ctx, env("LEDGER_TABLE"))
	if err != nil {
		return err
	}
	bucket, err := blob.Open(ctx, env("PUBLIC_BUCKET"))
	if err != nil {
		return err
	}
	workings, err := blob.Open(ctx, env("WORKINGS_BUCKET"))
	if err != nil {
		return err
	}
	publisher := catalogue.Making(catalogue.New(pack, facts, time.Now), func(pack *region.Pack) (*publish.Publisher, error) {
		pages, err := page.New(pack, env("SITE_URL"))
		if err != nil {
			return nil, err
		}
		return publish.NewPublisher(pack, facts, bucket, workings, publish.Editions(pages.In), workers), nil
	})
	s := &server{publisher: standing{publisher}, counter: publish.NewCounter(pack, facts, bucket), now: time.Now}
	lambda.StartWithOptions(s.handle, lambda.WithContext(ctx))
	return nil
}

// workers is how many requests to DynamoDB and S3 are under way at once.
const workers = 8
