"""Lines of a few records, read at once.

Odoo asks twice for what a one2many field holds: which lines there are, then what they say. Where a
step is taken for one lead, that is a query for nothing.
"""

FEW = 10


def fetch_lines(records, name):
    """Return the lines of a few records, with what Odoo would prefetch of them, by one query; which
    lines each record has is remembered as if the field had been read. Records of a larger batch
    are read as Odoo reads them: with the rest of the batch.

    :param records: stored records
    :param str name: a one2many field of theirs
    """
    field = records._fields[name]
    cache = field._get_cache(records.env)
    unknown = records.filtered(lambda record: record.id not in cache)
    if unknown and len(tuple(records._prefetch_ids)) <= FEW:
        lines = records.env[field.comodel_name]
        prefetched = [
            name
            for name, column in lines._fields.items()
            if column.prefetch is True and lines._has_field_access(column, "read")
        ]
        found = lines.search_fetch([(field.inverse_name, "in", unknown.ids)], prefetched)
        by_record = found.grouped(lambda line: line[field.inverse_name].id)
        field._insert_cache(unknown, [by_record.get(id_, lines)._ids for id_ in unknown._ids])
    return records[name]
