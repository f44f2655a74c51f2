-- title: Where a page disagrees with itself
-- group: what is kept, and how well
-- description: Values that another place on the same page contradicts: the one taken, and those that were not.
-- description: Pages that say noarchive are left out.
-- param field: A column, such as date_published
select e.field, a.site, e.value_raw as not_taken, e.locator, e.note, taken.value_raw as taken, taken.locator as taken_from, a.title as headline,
    a.url, a.key
from field_evidence e
join articles a on a.id = e.article_id
left join field_evidence taken on taken.article_id = e.article_id and taken.field = e.field and taken.chosen = 1
where e.chosen = 0 and a.id not in (select article_id from withheld) and (:field = '' or e.field = :field)
order by a.search_id desc
limit 500
