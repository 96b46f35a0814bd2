def migrate(cr, version):
    """Take what our views add out of their parents until they are read anew: a parent is checked
    with all its children, and those from before look for places that have moved since.
    """
    cr.execute(
        """
        UPDATE ir_ui_view v
           SET arch_db = jsonb_build_object('en_US', '<data/>')
          FROM ir_model_data d
         WHERE d.model = 'ir.ui.view' AND d.module = 'lead_intake' AND d.res_id = v.id
           AND NOT COALESCE(d.noupdate, false)
           AND v.inherit_id IS NOT NULL AND v.mode = 'extension'
        """
    )
