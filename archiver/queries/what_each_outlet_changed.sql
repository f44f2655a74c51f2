-- title: What each outlet changed
-- group: copies
-- description: For each copy of a text: how much of the earliest copy it has, how much of it is its own, and whether it has another
-- description: headline, and names the agency. `archiver diff KEY OTHER_KEY` shows the words.
-- param site: Name of a site whose copies are shown
-- param key: Key of a story whose text it is
select a.date_published_utc as published, a.site, a.title as headline, f.title as first_headline, f.site as first_site,
    round(100 * m.first_contained) as percent_kept, round(100 * (1 - m.contained)) as percent_own, a.word_count as words,
    f.word_count as first_words, a.headline is not f.headline as other_headline, c.agency, a.infosource as agency_named, a.key,
    f.key as first_key
from copies m
join copy_clusters c on c.id = m.cluster_id
join articles a on a.id = m.article_id
join articles f on f.id = c.first_id
where not m.is_first and (:site = '' or a.site = :site)
    and (:key = '' or c.id = (select cluster_id from copies join articles on articles.id = article_id where articles.key = :key))
order by c.last_published desc, c.id, m.place
limit 1000
