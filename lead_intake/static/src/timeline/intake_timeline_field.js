import {Component, onMounted, onWillUnmount, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {countdownText} from "@lead_intake/fields/intake_countdown_field";

const TONES = {
    running: {icon: "fa-clock-o", tone: "info"},
    overdue: {icon: "fa-exclamation-circle", tone: "danger"},
    paused: {icon: "fa-pause-circle", tone: "warning"},
    met: {icon: "fa-check-circle", tone: "success"},
    late: {icon: "fa-exclamation-triangle", tone: "warning"},
    cancelled: {icon: "fa-minus-circle", tone: "secondary"},
};

/** Hours without a useless fraction: 24, 7.5, 0.25. */
export function hoursText(hours) {
    return String(Math.round(hours * 100) / 100);
}

/**
 * The promises of a lead one below the other, each with a bar on a common scale: how long it
 * may take, how long it took, and by how much it was missed. A click tells how it came about.
 */
export class IntakeTimelineField extends Component {
    static template = "lead_intake.TimelineField";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({now: luxon.DateTime.now(), open: false, explanations: {}});
        onMounted(() => {
            this.timer = setInterval(() => (this.state.now = luxon.DateTime.now()), 30000);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    get promises() {
        const records = [...this.props.record.data[this.props.name].records];
        records.sort((a, b) => a.data.date_started - b.data.date_started || a.resId - b.resId);
        const ends = records.map((record) => this.end(record.data));
        const first = Math.min(...records.map((record) => record.data.date_started));
        const last = Math.max(...ends, ...records.map((record) => record.data.date_due));
        const place = (moment) => ((moment - first) / (last - first || 1)) * 100;
        return records.map((record, index) => {
            const {data, fields} = record;
            const end = ends[index];
            const start = place(data.date_started);
            const due = place(data.date_due);
            const missed = Math.max(place(end) - due, 0);
            return {
                id: record.resId,
                ...TONES[this.kind(data)],
                name: fields.milestone.selection.find(([key]) => key === data.milestone)?.[1],
                person: data.responsible_id?.display_name || "",
                text: this.text(data),
                bars: [
                    // What was promised, what was used of it, what came on top.
                    {className: "o_intake_promised", left: start, width: due - start},
                    {
                        className: `text-bg-${TONES[this.kind(data)].tone}`,
                        left: start,
                        width: Math.min(place(end), due) - start,
                    },
                    {className: "text-bg-danger", left: due, width: missed},
                ].filter((bar) => bar.width > 0),
                moments: [
                    {label: _t("Started"), value: this.format(data.date_started)},
                    {label: _t("Due"), value: this.format(data.date_due)},
                    {label: _t("Ended"), value: this.format(data.date_closed)},
                    {label: _t("Why it was stopped"), value: data.close_reason},
                ].filter((moment) => moment.value),
            };
        });
    }

    /** Due and not marked yet is overdue all the same. */
    kind(data) {
        const isMissed = data.state === "running" && data.date_due < this.state.now;
        return isMissed ? "overdue" : data.state;
    }

    /** Until when the bar goes: it grows while the clock runs. */
    end(data) {
        return data.date_closed || data.date_paused || this.state.now;
    }

    text(data) {
        const elapsed = hoursText(data.elapsed_hours);
        const hours = hoursText(data.hours);
        switch (this.kind(data)) {
            case "met":
                return _t("Met after %(elapsed)s of %(hours)s h", {elapsed, hours});
            case "late":
                return _t("Met late, after %(elapsed)s of %(hours)s h", {elapsed, hours});
            case "paused":
                return _t("Stands still with %s h left", hoursText(data.hours_left));
            case "cancelled":
                return data.date_overdue ? _t("Missed, then stopped") : _t("Stopped");
            default:
                return countdownText(data.date_due.diff(this.state.now, "seconds").seconds);
        }
    }

    format(moment) {
        return moment ? moment.toLocaleString(luxon.DateTime.DATETIME_MED_WITH_WEEKDAY) : "";
    }

    /** Only whoever asks pays for the explanation. */
    async toggle(id) {
        this.state.open = this.state.open === id ? false : id;
        if (this.state.open && !(id in this.state.explanations)) {
            const [row] = await this.orm.silent.read("lead.intake.deadline", [id], ["explanation"]);
            this.state.explanations[id] = row?.explanation || "";
        }
    }

    open(id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "lead.intake.deadline",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

export const intakeTimelineField = {
    component: IntakeTimelineField,
    displayName: _t("Timeline of Promises"),
    supportedTypes: ["one2many"],
    useSubView: true,
};

registry.category("fields").add("intake_timeline", intakeTimelineField);
