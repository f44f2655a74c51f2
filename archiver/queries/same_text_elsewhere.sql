-- title: The same text in several places
-- group: copies
-- description: Stories whose headline and body are the same, but for punctuation, at more than one address.
-- param site: Name of a site that must be among them
select count(*) as copies, group_concat(distinct a.site) as sites, max(a.title) as headline, min(a.date_published_utc) as first_published,
    max(a.infosource) as agency, group_concat(a.url, ' ') as urls
from articles a
where a.word_count > 20
group by a.text_hash
having count(*) > 1 and (:site = '' or sum(a.site = :site) > 0)
order by first_published desc
limit 500
