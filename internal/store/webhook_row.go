package store

import (
	"strings"
	"time"

	"trailcat/internal/catalog"
)

// webhookRow is a webhook as the table webhooks has it.
type webhookRow struct {
	ID             string `gorm:"primaryKey"`
	PartnerID      string
	URL            string
	Types          string
	Filters        string
	Expand         bool
	Description    string
	Secret         string
	PreviousSecret string
	PreviousUntil  *time.Time
	Status         string
	StatusReason   string
	StatusSince    time.Time
	VerifiedAt     *time.Time
	Version        int64
	CreatedAt      time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt      time.Time `gorm:"autoUpdateTime:false"`
}

func (webhookRow) TableName() string { return "webhooks" }

func newWebhookRow(w catalog.Webhook) webhookRow {
	return webhookRow{
		ID:             w.ID,
		PartnerID:      w.PartnerID,
		URL:            w.URL,
		Types:          strings.Join(w.Types, ","),
		Filters:        w.Filters,
		Expand:         w.Expand,
		Description:    w.Description,
		Secret:         w.Secret,
		PreviousSecret: w.PreviousSecret,
		PreviousUntil:  timeOrNil(w.PreviousUntil),
		Status:         string(w.Status),
		StatusReason:   w.StatusReason,
		StatusSince:    w.StatusSince.UTC(),
		VerifiedAt:     timeOrNil(w.VerifiedAt),
		Version:        w.Version,
		CreatedAt:      w.CreatedAt.UTC(),
		UpdatedAt:      w.UpdatedAt.UTC(),
	}
}

func (r webhookRow) webhook() catalog.Webhook {
	var types []string
	if r.Types != "" {
		types = strings.Split(r.Types, ",")
	}
	return catalog.Webhook{
		ID:             r.ID,
		PartnerID:      r.PartnerID,
		URL:            r.URL,
		Types:          types,
		Filters:        r.Filters,
		Expand:         r.Expand,
		Description:    r.Description,
		Secret:         r.Secret,
		PreviousSecret: r.PreviousSecret,
		PreviousUntil:  timeOrZero(r.PreviousUntil),
		Status:         catalog.WebhookStatus(r.Status),
		StatusReason:   r.StatusReason,
		StatusSince:    r.StatusSince.UTC(),
		VerifiedAt:     timeOrZero(r.VerifiedAt),
		Version:        r.Version,
		CreatedAt:      r.CreatedAt.UTC(),
		UpdatedAt:      r.UpdatedAt.UTC(),
	}
}

// deliveryRow is an attempt as the table deliveries has it.
type deliveryRow struct {
	ID         string `gorm:"primaryKey"`
	WebhookID  string
	MessageID  string
	Type       string
	At         time.Time
	After      int64
	Upto       int64
	Events     int
	Attempt    int
	Since      time.Time
	StatusCode int
	LatencyMs  int64
	Failure    string
	Answer     string
}

func (deliveryRow) TableName() string { return "deliveries" }

func newDeliveryRow(d catalog.Delivery) deliveryRow {
	return deliveryRow{
		ID:         d.ID,
		WebhookID:  d.WebhookID,
		MessageID:  d.MessageID,
		Type:       d.Type,
		At:         d.At.UTC(),
		After:      d.After,
		Upto:       d.Upto,
		Events:     d.Events,
		Attempt:    d.Attempt,
		Since:      d.Since.UTC(),
		StatusCode: d.StatusCode,
		LatencyMs:  d.Latency.Milliseconds(),
		Failure:    d.Failure,
		Answer:     d.Answer,
	}
}

func (r deliveryRow) delivery() catalog.Delivery {
	return catalog.Delivery{
		ID:         r.ID,
		WebhookID:  r.WebhookID,
		MessageID:  r.MessageID,
		Type:       r.Type,
		At:         r.At.UTC(),
		After:      r.After,
		Upto:       r.Upto,
		Events:     r.Events,
		Attempt:    r.Attempt,
		Since:      r.Since.UTC(),
		StatusCode: r.StatusCode,
		Latency:    time.Duration(r.LatencyMs) * time.Millisecond,
		Failure:    r.Failure,
		Answer:     r.Answer,
	}
}
